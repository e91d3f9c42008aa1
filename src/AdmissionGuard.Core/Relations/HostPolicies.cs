using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// Which DestinationRules clients get for a host (docs/facts/istio.md#destination-rule-lookup, docs/facts/istio.md#workload-selector;
/// pilot/pkg/model/push_context.go, destinationRule): those of the client's namespace, else of the service's, else of the root namespace; within one
/// the most specific host. They hide all others: nothing is inherited. Rules that ask read ServiceEntries too.
/// </summary>
internal sealed class HostPolicies
{
    /// <summary>For one host in one namespace; more are nobody's intention, and each costs a look.</summary>
    private const int MostTogether = 100;

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

    /// <summary>With another object in the place of the one under review, or, where that is absent, without it.</summary>
    public HostPolicies With(ObjectKey mine, Node instead) => new(world, mine, instead);

    /// <summary>
    /// What clients of a namespace get: those for some of their pods only, and behind them the one for all others. Nothing where Istio's defaults
    /// apply.
    /// </summary>
    /// <param name="host">Qualified.</param>
    /// <param name="client">Null for a client of some namespace that has no rules of its own.</param>
    public IReadOnlyList<MergedRule> For(string host, string? client)
    {
        var found = new List<MergedRule>();
        foreach (var place in PlacesFor(host, client))
        {
            foreach (var pattern in MeshHost.Covering(host))
            {
                var before = found.Count;
                found.AddRange(
                    MergedRule.Of(Claiming(pattern, place)).Where(m => m.Audience.Reaches(client) && (!m.IsForSomePods || place == client))
                );
                if (found.Count == before)
                    continue;
                if (found.Exists(m => !m.IsForSomePods))
                    return found;
                break;
            }
        }
        return found;
    }

    /// <summary>What counts for all clients of the namespace that no workloadSelector picks.</summary>
    public MergedRule? ForAll(string host, string? client) => For(host, client).FirstOrDefault(m => !m.IsForSomePods);

    private IEnumerable<string> PlacesFor(string host, string? client)
    {
        var root = world.Settings.RootNamespace;
        var service = HostRegistry.NamespaceOf(world, host);
        if (client is not null && client != root)
            yield return client;
        if (service is not null && service != client && service != root)
            yield return service;
        yield return root;
    }

    private IEnumerable<(ObjectKey Key, Node Root)> Claiming(string host, string @namespace)
    {
        var found = world.Claiming(host, ObjectKind.DestinationRule, @namespace).Where(r => r.Key != mine).Take(MostTogether);
        return mine is { } key && key.Namespace == @namespace && HostOf(instead) == host ? found.Append((key, instead)) : found;
    }

    private string? HostOf(Node root) =>
        root["spec"u8]["host"u8].Text is { Length: > 0 } host ? MeshHost.Qualify(host, mine!.Value.Namespace, world.Settings.ClusterDomain) : null;
}
