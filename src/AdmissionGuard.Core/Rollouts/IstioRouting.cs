using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>What a Rollout's <c>trafficRouting.istio</c> names (docs/facts/argo-rollouts.md#istio-routing).</summary>
public sealed class IstioRouting
{
    private readonly Node canary;
    private readonly Node istio;
    private readonly string @namespace;

    public IstioRouting(Node rollout, string @namespace)
    {
        canary = rollout["spec"u8]["strategy"u8]["canary"u8];
        istio = canary["trafficRouting"u8]["istio"u8];
        this.@namespace = @namespace;
    }

    /// <summary>
    /// The VirtualServices whose weights the Rollout writes, each with the names of its routes; no name means the only one. A name may carry its
    /// namespace: <c>name.namespace</c>.
    /// </summary>
    public IEnumerable<(ObjectKey Key, IReadOnlyList<string> Routes)> VirtualServices => Targets.Select(t => (t.Key, t.Routes));

    /// <summary>As <see cref="VirtualServices"/>, each with the map that names it.</summary>
    public IEnumerable<(ObjectKey Key, IReadOnlyList<string> Routes, Node At)> Targets
    {
        get
        {
            var one = istio["virtualService"u8];
            if (one.IsObject && Named(one) is { } single)
                yield return single;
            foreach (var item in istio["virtualServices"u8].Items)
            {
                if (Named(item) is { } named)
                    yield return named;
            }
        }
    }

    /// <summary>The route names that the Rollout adds and removes itself.</summary>
    public IReadOnlyList<string> ManagedRoutes =>
        [.. canary["trafficRouting"u8]["managedRoutes"u8].Items.Select(r => r["name"u8].Text).OfType<string>()];

    /// <summary>
    /// The DestinationRule whose subsets the Rollout ties to its ReplicaSets, always of its own namespace; null where it splits by Services.
    /// </summary>
    public ObjectKey? DestinationRule =>
        istio["destinationRule"u8]["name"u8].Text is { Length: > 0 } name ? new ObjectKey(ObjectKind.DestinationRule, @namespace, name) : null;

    /// <summary>Subsets, of other DestinationRules, whose weights in its routes the Rollout leaves as they are.</summary>
    public IReadOnlyList<string> AdditionalSubsets =>
        [.. istio["destinationRule"u8]["additionalSubsetNames"u8].Items.Select(s => s.Text).OfType<string>()];

    public string? StableSubset => istio["destinationRule"u8]["stableSubsetName"u8].Text;

    public string? CanarySubset => istio["destinationRule"u8]["canarySubsetName"u8].Text;

    public string? StableService => canary["stableService"u8].Text;

    public string? CanaryService => canary["canaryService"u8].Text;

    /// <summary>
    /// What stands after the last dot is the namespace: a name may have dots, a namespace has none. Argo cuts off this domain, whatever the cluster's
    /// is.
    /// </summary>
    private const string ClusterDomain = ".cluster.local";

    private (ObjectKey, IReadOnlyList<string>, Node)? Named(Node reference)
    {
        if (reference["name"u8].Text is not { Length: > 0 } name)
            return null;
        if (name.EndsWith(ClusterDomain, StringComparison.Ordinal))
            name = name[..^ClusterDomain.Length];
        var dot = name.LastIndexOf('.');
        var key =
            dot < 0
                ? new ObjectKey(ObjectKind.VirtualService, @namespace, name)
                : new ObjectKey(ObjectKind.VirtualService, name[(dot + 1)..], name[..dot]);
        return (key, [.. reference["routes"u8].Items.Select(r => r.Text).OfType<string>()], reference);
    }
}
