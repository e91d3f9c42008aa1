using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// The rollbacks that aborts of a Rollout with <c>dynamicStableScale</c> make, by the pods that can be counted on; none of other Rollouts. Whoever
/// asks reads HorizontalPodAutoscalers.
/// </summary>
internal sealed class AbortPaths
{
    private readonly Inspection x;
    private readonly Node canary;
    private readonly long replicas;
    private IReadOnlyList<AbortPath>? inFixedVersions;

    private AbortPaths(Inspection x)
    {
        this.x = x;
        canary = x.Spec["strategy"u8]["canary"u8];
        if (x.Subject.Plan.IsRouted && x.Read.Boolean(canary["dynamicStableScale"u8]) == true)
            replicas = Math.Max(0, AutoscaledPlan.Of(x).ReplicasOf(x) ?? 0);
    }

    /// <summary>In versions of Argo that hold argo-rollouts#4900.</summary>
    public IReadOnlyList<AbortPath> InFixedVersions => inFixedVersions ??= [.. Of(isFixed: true)];

    /// <summary>In Argo 1.9.0, 1.9.1 and 1.10.0-rc1.</summary>
    public IEnumerable<AbortPath> InOtherVersions => Of(isFixed: false);

    public static AbortPaths Of(Inspection x) => x.Shared(i => new AbortPaths(i));

    private IEnumerable<AbortPath> Of(bool isFixed) => replicas > 0 ? AbortPath.Of(canary, replicas, x.Subject.Plan.MostWeight, isFixed, x.Read) : [];
}
