using System.Globalization;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>
/// The share of users grows in small steps, the promotion after the last step among them. See docs/facts/argo-rollouts.md#promotion.
/// </summary>
internal static class StepIncrease
{
    private static readonly IntegerParameter MaxIncrease = new(
        "maxIncrease",
        50,
        1,
        100,
        "percent of all users by which the new version may grow at once"
    )
    {
        Strict = 30,
    };

    public static readonly Rule Rule = new()
    {
        Id = "rollout-step-increase",
        Summary = "The new version's share of users must not grow by much at once, the promotion after the last step included.",
        Why =
            "What a version does to a few users says little of its behaviour under ten times the load. After the last step Argo promotes to "
            + "100 % whatever its weight "
            + "(argo-rollouts utils/replicaset/canary.go, GetCurrentSetWeight): steps that end at 25 mean a jump of 75 points that nobody "
            + "wrote. Flagger's own promotion is no such jump: the primary rolls pod by pod. Advice where an analysis, a check, a webhook, "
            + "an experiment, "
            + "a plugin or a pause without duration stands before the growth, or a background analysis has watched the share before it for 30s: "
            + "these can stop it.",
        Remedy =
            "Write the weights in between, each with a pause or an analysis after it; in a Canary choose a smaller stepWeight, or more stepWeights.",
        Kinds = [ObjectKind.Rollout, ObjectKind.Canary],
        Reads = [ObjectKind.HorizontalPodAutoscaler],
        Refines = [ObjectKind.HorizontalPodAutoscaler],
        Parameters = [MaxIncrease],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = AutoscaledPlan.Of(x).Plan;
        if (!plan.HasSteps)
            return;
        var max = x.Get(MaxIncrease);
        foreach (var increase in plan.Increases)
        {
            if (increase.Points <= max + 1e-6 || increase.To.IsGradual)
                continue;
            x.Report(TooLarge(x, plan, increase, max));
            if (plan.HasOneStep)
                break; // its further steps are the same line
        }
    }

    private static Finding TooLarge(Inspection x, ExposurePlan plan, Increase increase, int max)
    {
        var from = increase.From;
        var to = increase.To;
        var gate = Gate(from);
        var pace = to.IsPodByPod ? "pod by pod" : "at once";
        var who = to.Implicit ? "after the last step the new version's share" : "the new version's share";
        var message =
            $"{who} grows by {Points(increase.Points)} points {pace}, from {Shown.Percent(from.Share)} to {Shown.Percent(to.Share)} of "
            + $"users, at most {max} allowed"
            + (gate is null ? "" : $"; only {gate} can stop it");
        // more pods come closer to the weights that are written
        var isAtMost = plan.IsAtMost && !(to.Written - (from.Written ?? 0) > max);
        return new Finding(
            to.Implicit ? x.Spec["strategy"u8]["canary"u8]["steps"u8] : to.SetBy,
            gate is null ? increase.Key : $"{increase.Key} gated",
            message
        )
        {
            Found = Points(increase.Points),
            Limit = Points(max),
            Whole = "steps",
            Excess = increase.Points - max,
            Remedy = SmallerIncrease.Write(x, plan, increase, max),
            RestsOnAbsence = isAtMost && AutoscaledPlan.Of(x).RestsOnAbsence(x),
            AtMost = gate is null && !isAtMost && !to.IsPodByPod ? GuardAction.Deny : GuardAction.Warn,
        };
    }

    /// <summary>What can stop the growth after this share, if anything.</summary>
    private static string? Gate(ExposureStage from)
    {
        if (from.Hold.Indefinite)
            return "the pause without duration before it";
        if (from.Hold.Analysis)
            return "the analysis before it";
        if (from.Hold.Check)
            return "the check before it";
        if (from.Hold.Webhook)
            return "the webhook before it";
        if (from.Hold.Experiment)
            return "the experiment before it";
        if (from.Hold.Plugin)
            return "the plugin before it";
        // A background analysis sees nothing of a version that has no users.
        return from.Share > 0 && from.Hold.CanStop(ExposureCost.LeastWatch) ? "the background analysis" : null;
    }

    private static string Points(double points) => points.ToString("0.#", CultureInfo.InvariantCulture);
}
