using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>Enough pods to share users between two versions, and to lose one. See docs/facts/argo-rollouts.md#weights-by-pods.</summary>
internal static class Replicas
{
    private static readonly IntegerParameter MinReplicas = new(
        "minReplicas",
        2,
        1,
        100,
        "fewest replicas of a workload that is not switched off by 0"
    );

    public static readonly Rule Rule = new()
    {
        Id = "rollout-replicas",
        Summary = "A Rollout should have replicas enough to lose one, and to give its first step no more users than the weight says.",
        Why =
            "One pod is an outage whenever its node is drained. Without trafficRouting the weight is made of pods, and a weight of 1 to 99 "
            + "gets at least one: setWeight 5 on 4 replicas is 20 % of users "
            + "(argo-rollouts utils/replicaset/canary.go, approximateWeightedCanaryStableReplicaCounts).",
        Remedy = "Raise replicas, or name a trafficRouting, whose weights are exact.",
        Kinds = [ObjectKind.Rollout],
        Reads = [ObjectKind.HorizontalPodAutoscaler],
        Refines = [ObjectKind.HorizontalPodAutoscaler],
        Parameters = [MinReplicas],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var scaled = AutoscaledPlan.Of(x);
        if (!scaled.Plan.IsCanary && !scaled.Plan.IsBlueGreen)
            return;
        if (scaled.Fewest is not null && !x.Spec["replicas"u8].Exists)
            return;
        if (PodCount.OfRollout(x.Spec, x.Read) is not (> 0 and var replicas))
            return;
        var min = x.Get(MinReplicas);
        if (replicas < min)
            x.Report(TooFew(x, replicas, min));
        else if (BasicCanary.Coarse(x.Subject.Plan, x.Spec["strategy"u8]["canary"u8], replicas, x.Read) is var (setBy, share, real))
            Coarse(x, setBy, share, real);
    }

    private static string Said(Inspection x, long replicas) =>
        x.Spec["replicas"u8].Exists ? $"{replicas}" : "absent, which is 1 unless an autoscaler says more";

    private static Finding TooFew(Inspection x, long replicas, int min) =>
        new(
            Place.Of(x.Spec, "replicas"),
            "replicas",
            $"replicas is {Said(x, replicas)}, at least {min} advised: "
                + $"{(replicas == 1 ? "when the node of this pod goes, all users are cut off" : "when a node goes, few are left")}"
        )
        {
            Found = $"{replicas}",
            Limit = $"{min}",
            Excess = min - replicas,
            Remedy = $"replicas: {min}",
            RestsOnAbsence = !x.Spec["replicas"u8].Exists,
        };

    private static void Coarse(Inspection x, Node setBy, double share, BasicCanary real)
    {
        var plan = x.Subject.Plan;
        var message =
            $"the first step gives {Shown.Percent(real.Share)} of users to the new version ({real.Pods} of {real.Total} pods), at most "
            + $"{Shown.Percent(2 * share)} advised: setWeight says {plan.WeightOf(share)}";
        x.Report(
            new Finding(setBy, "first", message)
            {
                Found = Shown.Percent(real.Share),
                Limit = Shown.Percent(2 * share),
                Excess = real.Share - (2 * share),
                Remedy = $"setWeight: {plan.WeightOf(Math.Round(real.Share))}",
                RestsOnAbsence = !x.Spec["replicas"u8].Exists,
            }
        );
    }
}
