using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// A Rollout's pods, and the exposure that they make, where a HorizontalPodAutoscaler may say how many there are. Whoever asks reads
/// HorizontalPodAutoscalers.
/// </summary>
internal sealed class AutoscaledPlan
{
    private AutoscaledPlan(Inspection x)
    {
        Fewest = FewestOf(x);
        Plan = Fewest is null || x.Subject.Kind != ObjectKind.Rollout ? x.Subject.Plan : RolloutPlan.Of(x.Spec, new Reader(), Fewest);
    }

    /// <summary>By the fewest pods that an autoscaler leaves; by those that are written where there is none.</summary>
    public ExposurePlan Plan { get; }

    /// <summary>The least <c>minReplicas</c> of the autoscalers that scale it; null where there is none, or none that can be read.</summary>
    public long? Fewest { get; }

    /// <summary>Those that can be counted on; 1 where nothing is written, as Argo has it. Null where it cannot be read.</summary>
    public long? ReplicasOf(Inspection x) => Fewest ?? PodCount.OfRollout(x.Spec, x.Read);

    /// <summary>Nobody says how many pods there are: an autoscaler that says it may be the next document.</summary>
    public bool RestsOnAbsence(Inspection x) => Fewest is null && !x.Spec["replicas"u8].Exists;

    /// <summary>What to write so that one pod is at most so many percent of users.</summary>
    public string EnoughPods(int percent)
    {
        var pods = Math.Max(2, (int)Math.Ceiling(100.0 / percent));
        return Fewest is null
            ? $"replicas: {pods}   # or a trafficRouting, whose weights are exact"
            : $"# in the HorizontalPodAutoscaler: minReplicas: {pods}; or name a trafficRouting, whose weights are exact";
    }

    public static AutoscaledPlan Of(Inspection x) => x.Shared(i => new AutoscaledPlan(i));

    private static long? FewestOf(Inspection x)
    {
        if (x.Subject.Kind != ObjectKind.Rollout)
            return null;
        long? fewest = null;
        foreach (var (_, root) in x.World.ReferrersOf(x.Key, ObjectKind.HorizontalPodAutoscaler))
        {
            var least = PodCount.LeastOfAutoscaler(root["spec"u8], new Reader());
            if (least is > 0 && (fewest is null || least < fewest))
                fewest = least;
        }
        return fewest;
    }
}
