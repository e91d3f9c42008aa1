using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// DestinationRules of one namespace for one host, as Istio merges them (pilot/pkg/model/destination_rule.go, mergeDestinationRule;
/// docs/facts/istio.md#destination-rule-merge): the oldest that has a top-level policy keeps it, subsets of new names are appended.
/// </summary>
internal sealed class MergedRule
{
    private readonly List<(ObjectKey Key, Node Root)> parts = [];
    private readonly HashSet<string> exportTo;
    private readonly Dictionary<string, (ObjectKey Owner, Node Node)> subsets = new(StringComparer.Ordinal);
    private EffectivePolicy? effective;

    private MergedRule((ObjectKey Key, Node Root) first, HashSet<string> exportTo)
    {
        this.exportTo = exportTo;
        Selector = SelectorOf(first.Root);
        Append(first);
    }

    /// <summary>In the order in which Istio merged them: the oldest first.</summary>
    public IReadOnlyList<(ObjectKey Key, Node Root)> Parts => parts;

    /// <summary>The <c>workloadSelector</c> that limits it to some clients of its own namespace; absent where it is for all.</summary>
    public Node Selector { get; }

    public bool IsForSomePods => Selector.Exists;

    /// <summary>By name, each as it counts, with the part that it is from.</summary>
    public IReadOnlyDictionary<string, (ObjectKey Owner, Node Node)> Subsets => subsets;

    /// <summary>The top-level policy that counts; absent where no part has one.</summary>
    public Node Policy { get; private set; }

    /// <summary>The part whose top-level policy counts; null where none has one.</summary>
    public ObjectKey? PolicyOwner { get; private set; }

    /// <summary>What Envoy gets for each subset and port.</summary>
    public EffectivePolicy Effective => effective ??= new EffectivePolicy(Policy, [.. subsets.Values.Select(s => s.Node)], new Reader());

    /// <summary>Whether it is for this very host and not for a wildcard over it.</summary>
    public bool IsFor(string host, string clusterDomain) =>
        MeshHost.Qualify(parts[0].Root["spec"u8]["host"u8].Text ?? "", parts[0].Key.Namespace, clusterDomain) == host;

    public bool Has(ObjectKey part) => parts.Exists(p => p.Key == part);

    /// <param name="client">Null for a client of some namespace that nothing names.</param>
    public bool IsExportedTo(string? client) => exportTo.Count == 0 || exportTo.Contains("*") || (client is not null && exportTo.Contains(client));

    /// <summary>The namespaces that its <c>exportTo</c> names.</summary>
    public IEnumerable<string> NamedClients => exportTo.Where(n => n is not ("*" or "." or "~"));

    /// <summary>Those that clients of the rules' own namespace choose from, in Istio's order.</summary>
    public static IReadOnlyList<MergedRule> ForOwnNamespace(IEnumerable<(ObjectKey Key, Node Root)> rules) => Merge(rules, IsForOwnNamespace);

    /// <summary>Those that other namespaces choose from, each with the clients that may have it, in Istio's order.</summary>
    /// <param name="privateByDefault">The mesh exports what says nothing to its own namespace only.</param>
    public static IReadOnlyList<MergedRule> ForOthers(IEnumerable<(ObjectKey Key, Node Root)> rules, bool privateByDefault) =>
        Merge(rules, (exportTo, own) => !IsPrivate(exportTo, own, privateByDefault));

    /// <summary>Those that clients of the root namespace find first, where the rules are in it: what nobody else can have.</summary>
    /// <param name="privateByDefault">The mesh exports what says nothing to its own namespace only.</param>
    public static IReadOnlyList<MergedRule> ForRootOnly(IEnumerable<(ObjectKey Key, Node Root)> rules, bool privateByDefault) =>
        Merge(rules, (exportTo, own) => IsPrivate(exportTo, own, privateByDefault));

    private static bool IsForOwnNamespace(HashSet<string> exportTo, string own) =>
        exportTo.Count == 0 || exportTo.Contains("*") || exportTo.Contains(".") || exportTo.Contains(own);

    private static bool IsPrivate(HashSet<string> exportTo, string own, bool privateByDefault) =>
        exportTo.Count == 0 ? privateByDefault : exportTo.Count == 1 && (exportTo.Contains(".") || exportTo.Contains(own));

    private static List<MergedRule> Merge(IEnumerable<(ObjectKey Key, Node Root)> rules, Func<HashSet<string>, string, bool> isIn)
    {
        var merged = new List<MergedRule>();
        foreach (var rule in rules.OrderBy(r => SelectorOf(r.Root).Exists ? 0 : 1).ThenBy(r => r, CreationOrder.OldestFirst))
        {
            var exportTo = ExportToOf(rule.Root);
            if (isIn(exportTo, rule.Key.Namespace) && StaysApart(merged, rule, exportTo))
                merged.Add(new MergedRule(rule, exportTo));
        }
        return merged;
    }

    /// <summary>
    /// Merges a rule into all that take it. It is left as one of its own unless the last one it was compared with took it: Istio's own loop, not
    /// what one would expect (docs/facts/istio.md#destination-rule-export-merge).
    /// </summary>
    private static bool StaysApart(List<MergedRule> merged, (ObjectKey Key, Node Root) rule, HashSet<string> exportTo)
    {
        var selector = SelectorOf(rule.Root);
        var apart = true;
        foreach (var existing in merged)
        {
            apart = true;
            var isEqual = exportTo.SetEquals(existing.exportTo);
            if (!isEqual && (existing.exportTo.Count == 0 || !exportTo.IsSupersetOf(existing.exportTo)))
                continue;
            var bothSelect = selector.Exists && existing.IsForSomePods;
            if (bothSelect && !LabelsOf(selector).SameAs(LabelsOf(existing.Selector)))
                continue;
            apart = !isEqual && selector.Exists != existing.IsForSomePods;
            existing.Append(rule);
        }
        return apart;
    }

    private void Append((ObjectKey Key, Node Root) rule)
    {
        parts.Add(rule);
        var spec = rule.Root["spec"u8];
        foreach (var item in spec["subsets"u8].Items)
        {
            if (item["name"u8].Text is { Length: > 0 } name)
                subsets.TryAdd(name, (rule.Key, item));
        }
        if (PolicyOwner is null && spec["trafficPolicy"u8] is { Exists: true } policy)
        {
            Policy = policy;
            PolicyOwner = rule.Key;
        }
        effective = null;
    }

    /// <summary>As written: <c>*</c> is not what nothing said is, and a dot is not the namespace's name. A selector makes it private.</summary>
    private static HashSet<string> ExportToOf(Node root) =>
        SelectorOf(root).Exists
            ? new HashSet<string>(StringComparer.Ordinal) { "." }
            : new HashSet<string>(root["spec"u8]["exportTo"u8].Items.Select(i => i.Text).OfType<string>(), StringComparer.Ordinal);

    private static Node SelectorOf(Node root) => root["spec"u8]["workloadSelector"u8];

    private static Node LabelsOf(Node selector) => selector["matchLabels"u8];
}
