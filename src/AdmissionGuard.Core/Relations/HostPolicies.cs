using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// Which DestinationRule clients get for a host (docs/facts/istio.md#destination-rule-lookup, docs/facts/istio.md#workload-selector;
/// pilot/pkg/model/push_context.go, destinationRule): one of the client's namespace, else of the service's, else of the root namespace; within a
/// namespace those for the most specific host, and of these the youngest that the client may have. It hides all others: nothing is inherited.
/// Rules that ask read ServiceEntries too.
/// </summary>
internal sealed class HostPolicies
{
    /// <summary>For one host in one namespace; more are nobody's intention, and each costs a look.</summary>
    public const int MostTogether = 30;

    private readonly Dictionary<(string Host, string Namespace, Index), IReadOnlyList<MergedRule>> known = [];
    private readonly View world;
    private readonly ObjectKey? mine;
    private readonly Node instead;

    public HostPolicies(View world) => this.world = world;

    private HostPolicies(View world, ObjectKey mine, Node instead)
    {
        this.world = world;
        this.mine = mine;
        this.instead = instead;
    }

    private enum Index
    {
        OwnNamespace,
        Others,
        RootOnly,
    }

    /// <summary>Of a review, each merge made once.</summary>
    public static HostPolicies Of(Inspection x) => x.Shared(i => new HostPolicies(i.World));

    /// <summary>With another object in the place of the one under review, or, where that is absent, without it.</summary>
    public HostPolicies With(ObjectKey mine, Node instead) => new(world, mine, instead);

    /// <summary>
    /// All rules among which clients of a namespace find theirs: those that a workloadSelector limits to some pods, and those for all, of which the
    /// last counts. Empty where Istio's defaults apply.
    /// </summary>
    /// <param name="host">Qualified.</param>
    /// <param name="client">Null for a client of some namespace that has no rules of its own.</param>
    public IReadOnlyList<MergedRule> CandidatesFor(string host, string? client)
    {
        var root = world.Settings.RootNamespace;
        if (client is not null && Find(host, client, client == root ? Index.RootOnly : Index.OwnNamespace) is { Count: > 0 } own)
            return own;
        if (HostRegistry.NamespaceOf(world, host) is { } service && ExportedBy(service, host, client) is { Count: > 0 } exported)
            return exported;
        return ExportedBy(root, host, client);
    }

    /// <summary>The rules that count for some client of the namespace: those for some of its pods, and the one for all others.</summary>
    /// <param name="host">Qualified.</param>
    /// <param name="client">Null for a client of some namespace that has no rules of its own.</param>
    public IReadOnlyList<MergedRule> For(string host, string? client)
    {
        var candidates = CandidatesFor(host, client);
        return candidates.Count <= 1 ? candidates : Counting(candidates);
    }

    /// <summary>The rule of one caller; null where Istio's defaults apply.</summary>
    /// <param name="host">Qualified.</param>
    public MergedRule? For(string host, Caller caller)
    {
        MergedRule? forAll = null;
        foreach (var candidate in CandidatesFor(host, caller.Namespace))
        {
            if (!candidate.IsForSomePods)
                forAll = candidate;
            else if (caller.IsSelectedBy(candidate.Selector))
                return candidate;
        }
        return forAll;
    }

    /// <summary>
    /// What the rules of one namespace for this very host become for those who look there, whoever may find others before them: each merged rule that
    /// counts for somebody, with one of those for whom it does and the rules that it hides from them.
    /// </summary>
    /// <param name="host">Qualified.</param>
    public IEnumerable<RuleForClient> CountingOf(string host, string @namespace)
    {
        var own = Merged(host, @namespace, @namespace == world.Settings.RootNamespace ? Index.RootOnly : Index.OwnNamespace);
        foreach (var rule in Counting(own))
            yield return new RuleForClient(rule, @namespace, rule.IsForSomePods ? [] : [.. own.Where(r => r != rule && !r.IsForSomePods)]);
        var others = Merged(host, @namespace, Index.Others);
        if (others.Count == 0 || !IsLookedUpByOthers(host, @namespace))
            yield break;
        var named = others.SelectMany(r => r.NamedClients).Where(c => c != @namespace).Distinct(StringComparer.Ordinal).Take(MostTogether);
        foreach (var client in named.Prepend(null).Concat(own.Count == 0 ? [@namespace] : Array.Empty<string?>()))
        {
            var visible = others.Where(r => r.IsExportedTo(client)).ToList();
            if (visible.Count > 0)
                yield return new RuleForClient(visible[^1], client, visible[..^1]);
        }
    }

    /// <summary>The host, and where it is a wildcard the ones under it for which DestinationRules are written.</summary>
    /// <param name="host">Qualified.</param>
    public static IEnumerable<string> HostsOf(View world, string host)
    {
        if (!MeshHost.IsWildcard(host))
            return [host];
        return world
            .ClaimingUnder(host, ObjectKind.DestinationRule)
            .Select(r => MeshHost.Qualify(r.Root["spec"u8]["host"u8].Text ?? "", r.Key.Namespace, world.Settings.ClusterDomain))
            .Distinct(StringComparer.Ordinal)
            .Take(MostTogether)
            .Prepend(host);
    }

    /// <summary>
    /// Whether a namespace has so many rules for a host that not all are looked at: then each is judged by itself, so that nobody hides one behind
    /// others.
    /// </summary>
    /// <param name="host">Qualified.</param>
    public static bool AreTooMany(View world, string host, string @namespace) =>
        world.Claiming(host, ObjectKind.DestinationRule, @namespace).Skip(MostTogether).Any();

    private static List<MergedRule> Counting(IReadOnlyList<MergedRule> candidates)
    {
        var counting = candidates.Where(c => c.IsForSomePods).ToList();
        if (candidates.LastOrDefault(c => !c.IsForSomePods) is { } forAll)
            counting.Add(forAll);
        return counting;
    }

    /// <summary>
    /// Other namespaces look in the service's namespace and in the root namespace only. A service that nobody knows may be anywhere.
    /// </summary>
    private bool IsLookedUpByOthers(string host, string @namespace) =>
        @namespace == world.Settings.RootNamespace || HostRegistry.NamespaceOf(world, host) is not { } service || service == @namespace;

    /// <summary>A wider host is not tried where the rules for the more specific one are for other clients.</summary>
    private List<MergedRule> ExportedBy(string @namespace, string host, string? client) =>
        [.. Find(host, @namespace, Index.Others).Where(r => r.IsExportedTo(client))];

    /// <summary>Those of a namespace for the most specific host that has any.</summary>
    private IReadOnlyList<MergedRule> Find(string host, string @namespace, Index index)
    {
        foreach (var pattern in mine is null ? world.Covering(host, ObjectKind.DestinationRule) : MeshHost.Covering(host))
        {
            if (Merged(pattern, @namespace, index) is { Count: > 0 } found)
                return found;
        }
        return [];
    }

    private IReadOnlyList<MergedRule> Merged(string host, string @namespace, Index index)
    {
        if (known.TryGetValue((host, @namespace, index), out var found))
            return found;
        var rules = Claiming(host, @namespace);
        var privateByDefault = world.Settings.Mesh.KeepsRulesPrivate;
        return known[(host, @namespace, index)] = index switch
        {
            Index.OwnNamespace => MergedRule.ForOwnNamespace(rules),
            Index.RootOnly => MergedRule.ForRootOnly(rules, privateByDefault),
            _ => MergedRule.ForOthers(rules, privateByDefault),
        };
    }

    private IEnumerable<(ObjectKey Key, Node Root)> Claiming(string host, string @namespace)
    {
        var found = world.Claiming(host, ObjectKind.DestinationRule, @namespace).Where(r => r.Key != mine).Take(MostTogether);
        return mine is { } key && key.Namespace == @namespace && HostOf(instead) == host ? found.Append((key, instead)) : found;
    }

    private string? HostOf(Node root) =>
        root["spec"u8]["host"u8].Text is { Length: > 0 } host ? MeshHost.Qualify(host, mine!.Value.Namespace, world.Settings.ClusterDomain) : null;
}

/// <summary>The merged rule that counts for a client.</summary>
/// <param name="Client">Its namespace; null for some namespace without rules of its own.</param>
/// <param name="Hidden">Others of the same host and namespace that it could have had.</param>
internal sealed record RuleForClient(MergedRule Rule, string? Client, IReadOnlyList<MergedRule> Hidden);
