using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A release begins with few users. See docs/facts/argo-rollouts.md#max-traffic-weight and docs/facts/flagger.md#course.</summary>
internal static class FirstStep
{
    private static readonly IntegerParameter MaxFirstWeight = new(
        "maxFirstWeight",
        50,
        1,
        100,
        "percent of users that the first step may send to the new version"
    )
    {
        Strict = 25,
    };

    public static readonly Rule Rule = new()
    {
        Id = "rollout-first-step",
        Summary = "The first step of a canary must send only a small part of the users to the new version.",
        Why =
            "A first step of setWeight 100 is a release in one step: what is wrong with the new version, all users meet at once. "
            + "Flagger's stepWeight is its first step too. Argo's weights count as shares of trafficRouting.maxTrafficWeight where that is set "
            + "(argo-rollouts docs, canary; utils/weightutil).",
        Remedy = "Begin with a small setWeight, and a pause or an analysis after it; in a Canary with a small stepWeight.",
        Kinds = [ObjectKind.Rollout, ObjectKind.Canary],
        Reads = [ObjectKind.HorizontalPodAutoscaler],
        Refines = [ObjectKind.HorizontalPodAutoscaler],
        Parameters = [MaxFirstWeight],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var scaled = AutoscaledPlan.Of(x);
        var plan = scaled.Plan;
        if (First(plan) is not { } first)
            return;
        var max = x.Get(MaxFirstWeight);
        if (first.Share <= max)
            return;
        // more pods come closer to the weight that is written, and never below it
        var isAtMost = plan.IsAtMost && !(first.Written > max);
        x.Report(
            new Finding(
                first.SetBy,
                "first",
                $"the first step sends {(isAtMost ? "up to " : "")}{Shown.Percent(first.Share)} of users to the new version"
                    + $"{ByPods(plan, first)}, at most {Shown.Percent(max)} allowed"
            )
            {
                Found = Shown.Percent(first.Share),
                Limit = Shown.Percent(max),
                Excess = first.Share - max,
                Remedy = Smaller(x, plan, first, max),
                AtMost = isAtMost ? GuardAction.Warn : GuardAction.Deny,
                RestsOnAbsence = isAtMost && scaled.RestsOnAbsence(x),
            }
        );
    }

    private static string ByPods(ExposurePlan plan, ExposureStage first) =>
        first.Written is { } written && written != first.Share ? $" (setWeight {plan.WeightOf(written)}, made of pods)" : "";

    /// <summary>Where so few pods cannot make a smaller share, the number of them that can.</summary>
    private static string Smaller(Inspection x, ExposurePlan plan, ExposureStage first, int max)
    {
        var weight = plan.WeightOf(Math.Min(10, max));
        if (first.SetBy["templates"u8].Exists)
            return ExperimentWeights.Smaller(first.SetBy, weight);
        return first.Written < first.Share && first.Written <= max ? AutoscaledPlan.Of(x).EnoughPods(max) : Step(plan, weight);
    }

    private static string Step(ExposurePlan plan, long weight)
    {
        if (!plan.IsByFlagger)
            return $"- setWeight: {weight}\n- pause: {{duration: 5m}}";
        if (plan.IsAtOnce)
            return $"stepWeight: {weight}   # in place of iterations and match";
        return plan.HasOneStep ? $"stepWeight: {weight}" : $"- {weight}";
    }

    /// <summary>
    /// The first users with whom the release waits; none where that is the implicit promotion, or where a weight before it cannot be read.
    /// </summary>
    private static ExposureStage? First(ExposurePlan plan)
    {
        foreach (var stage in plan.FeltStages)
        {
            if (!stage.IsKnown)
                return null;
            if (stage.Share > 0)
                return stage.Implicit ? null : stage;
        }
        return null;
    }
}
