using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Autoscaler;

/// <summary>
/// The fewest replicas are enough for the first step, and there is something to scale. See docs/facts/argo-rollouts.md#weights-by-pods and
/// docs/facts/kubernetes-autoscaling.md#one-target.
/// </summary>
internal static class Range
{
    public static readonly Rule Rule = new()
    {
        Id = "autoscaler-range",
        FormerIds = ["horizontal-pod-autoscaler-range"],
        Summary = "A HorizontalPodAutoscaler should leave room to scale, and a Rollout replicas enough for its first weight.",
        Why =
            "Without trafficRouting the weight is made of pods: in a quiet hour the HPA leaves minReplicas, and setWeight 5 on 4 of them is "
            + "20 % of users "
            + "(argo-rollouts utils/replicaset/canary.go). With maxReplicas equal to minReplicas nothing is ever scaled, whatever the metrics say.",
        Remedy = "Raise minReplicas, or name a trafficRouting, whose weights are exact; and set maxReplicas to what the nodes can bear.",
        Kinds = [ObjectKind.HorizontalPodAutoscaler, ObjectKind.Rollout],
        Reads = [ObjectKind.HorizontalPodAutoscaler, ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.Rollout)
            OfRollout(x);
        else
            OfAutoscaler(x);
    }

    private static void OfAutoscaler(Inspection x)
    {
        var min = PodCount.LeastOfAutoscaler(x.Spec, x.Read);
        var max = x.Read.Integer(x.Spec["maxReplicas"u8]);
        if (min is not { } least)
            return;
        if (max == least)
            x.Report(NoRoom(x, least));
        if (Workload.Named(x.Spec["scaleTargetRef"u8], x.Subject.Namespace) is not { } target || target.Kind != ObjectKind.Rollout)
            return;
        var spec = x.World.Find(target)["spec"u8];
        // What is strange in the Rollout is told at its own review.
        var read = new Reader();
        if (BasicCanary.Coarse(RolloutPlan.Of(spec, read), spec["strategy"u8]["canary"u8], least, read) is not var (setBy, share, real))
            return;
        var enough = Enough(spec, least);
        x.Report(
            new Finding(
                Place.Of(x.Spec, "minReplicas"),
                "first",
                $"minReplicas is {least}, the first step of {target.TitleIn(x.Subject.Namespace)} needs "
                    + $"{(enough is null ? "more" : $"{enough}")}: {Effect(share, real)}"
            )
            {
                Found = $"{least}",
                Limit = enough is null ? null : $"{enough}",
                Excess = real.Share - (2 * share),
                Remedy = enough is null ? null : $"minReplicas: {enough}",
            }
        );
    }

    private static void OfRollout(Inspection x)
    {
        foreach (var (key, root) in x.World.ReferrersOf(x.Key, ObjectKind.HorizontalPodAutoscaler))
        {
            if (PodCount.LeastOfAutoscaler(root["spec"u8], new Reader()) is not { } least)
                continue;
            if (BasicCanary.Coarse(x.Subject.Plan, x.Spec["strategy"u8]["canary"u8], least, x.Read) is not var (setBy, share, real))
                continue;
            x.Report(
                new Finding(
                    setBy,
                    "first",
                    $"the first step is too small for the minReplicas of {least} of {key.TitleIn(x.Subject.Namespace)}: {Effect(share, real)}"
                )
                {
                    Found = Shown.Value(setBy),
                    Excess = real.Share - (2 * share),
                    Remedy = $"setWeight: {x.Subject.Plan.WeightOf(Math.Round(real.Share))}",
                }
            );
            return;
        }
    }

    private static string Effect(double share, BasicCanary real) =>
        $"{Shown.Percent(real.Share)} of users get the new version ({real.Pods} of {real.Total} pods) where {Shown.Percent(share)} are meant";

    private static Finding NoRoom(Inspection x, long replicas) =>
        new(
            x.Spec["maxReplicas"u8],
            "maxReplicas",
            $"maxReplicas is {replicas} and so is minReplicas, more is needed to scale: a rush of users finds as many pods as a quiet night"
        )
        {
            Found = $"{replicas}",
            Limit = $"{replicas + 1} or more",
            Excess = 1,
            Remedy = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"maxReplicas: {Math.Max(replicas, 1) * 2}"),
        };

    /// <summary>The fewest replicas that make the first weight what it says; null where hundreds do not.</summary>
    private static long? Enough(Node spec, long least)
    {
        var read = new Reader();
        var plan = RolloutPlan.Of(spec, read);
        for (var replicas = least + 1; replicas <= 200; replicas++)
        {
            if (BasicCanary.Coarse(plan, spec["strategy"u8]["canary"u8], replicas, read) is null)
                return replicas;
        }
        return null;
    }
}
