using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A step ends when its pods are there. See docs/facts/argo-rollouts.md#progress-threshold.</summary>
internal static class ProgressThreshold
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-progress-threshold",
        Summary = "replicaProgressThreshold must be one that every step can meet.",
        Why =
            "A step ends when the threshold is met. Only the type Percent is a percentage; Argo counts pods for every other text, such as "
            + "Percentage or Pods. A threshold of more pods than the step has is never met: the release waits at that step for ever and nothing "
            + "says why (argo-rollouts utils/replicaset/canary.go, ReplicaProgressThresholdMet).",
        Remedy = "Write type: Percent with a value of 1 to 100, or leave replicaProgressThreshold out: then all pods must be available.",
        Kinds = [ObjectKind.Rollout],
        Reads = [ObjectKind.HorizontalPodAutoscaler],
        Refines = [ObjectKind.HorizontalPodAutoscaler],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var canary = x.Spec["strategy"u8]["canary"u8];
        var threshold = x.Read.Map(canary["replicaProgressThreshold"u8]);
        if (!threshold.IsObject || x.Read.Integer(threshold["value"u8]) is not (>= 0 and var value))
            return;
        // Without steps nothing waits for it.
        if (!x.Subject.Plan.HasSteps)
            return;
        var replicas = AutoscaledPlan.Of(x).ReplicasOf(x);
        if (replicas is not > 0)
            return;
        var isPercent = threshold["type"u8].IsText("Percent"u8);
        var type = Shown.Clip(threshold["type"u8].Text ?? "", 30);
        var pods = FewestPods(x, canary, replicas.Value, isPercent);
        if (value <= (isPercent ? 100 : pods))
            return;
        var message = isPercent
            ? $"replicaProgressThreshold is {value} percent, at most 100 can be met: every step that changes pods waits for ever"
            : $"replicaProgressThreshold asks for {value} pods (type {Shown.Quote(type)} counts pods, only Percent is a percentage), and a step has "
                + $"{pods}: the release waits there for ever";
        x.Report(
            new Finding(threshold, "replicaProgressThreshold", message)
            {
                Found = $"{value}",
                Limit = isPercent ? "100" : $"{pods}",
                Excess = value - (isPercent ? 100 : pods),
                RestsOnAbsence = !isPercent && AutoscaledPlan.Of(x).RestsOnAbsence(x),
                Remedy = FormattableString.Invariant($"replicaProgressThreshold: {{type: Percent, value: {Math.Clamp(value, 50, 100)}}}"),
            }
        );
    }

    /// <summary>Of all steps that wait for pods, and of the end.</summary>
    private static long FewestPods(Inspection x, Node canary, long replicas, bool isPercent)
    {
        var plan = x.Subject.Plan;
        var pods = new CanaryPods(canary, replicas, plan.MostWeight, x.Read);
        var surges = BasicCanary.Amount(canary["maxSurge"u8], x.Read) != 0;
        long? fewest = null;
        foreach (var item in x.Read.Items(canary["steps"u8]))
        {
            var step = x.Read.Map(item);
            pods.Take(step);
            var waits = !step["pause"u8].Exists && (step["setWeight"u8].Exists || step["setCanaryScale"u8].Exists);
            if (!waits || pods.Weight is not { } asked)
                continue;
            var here = pods.IsScaledByRouting ? pods.At(asked) : BasicCanary.Of(replicas, asked, plan.MostWeight, surges).Pods;
            // A percentage of no pods is met; a number of pods is not.
            if (!(isPercent && here == 0) && (fewest is null || here < fewest))
                fewest = here;
        }
        return fewest is null ? replicas : Math.Min(fewest.Value, replicas);
    }
}
