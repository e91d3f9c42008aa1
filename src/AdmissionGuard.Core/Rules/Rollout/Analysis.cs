using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>Metrics judge a release, not the clock alone. See docs/facts/operations-practice.md#canary-time.</summary>
internal static class Analysis
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-analysis",
        Summary = "A release must be judged by an analysis.",
        Why =
            "Without one a canary is blind: pods that are ready but answer with errors are promoted when the time is up, and nothing aborts "
            + "but a person who looks. "
            + "A failed analysis puts the weight back to 0 by itself (argo-rollouts docs, analysis; rollout/analysis.go).",
        Remedy = "Name an AnalysisTemplate: canary.analysis to watch all steps, an analysis step, or blueGreen.prePromotionAnalysis.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        if (plan.HasAnalysis || !(plan.HasSteps || plan.IsBlueGreen))
            return;
        var strategy = x.Spec["strategy"u8];
        var key = plan.IsBlueGreen ? "prePromotionAnalysis" : "analysis";
        x.Report(
            new Finding(Place.Of(plan.IsBlueGreen ? strategy["blueGreen"u8] : strategy["canary"u8], key), "analysis", Message(plan.IsBlueGreen))
            {
                Found = "no analysis",
                Limit = "1 analysis",
                Excess = 1,
                Remedy = $"{key}:\n  templates:\n    - templateName: success-rate",
            }
        );
    }

    private static string Message(bool blueGreen) =>
        blueGreen
            ? "no analysis judges the new version before or after the switch, at least one is needed: errors do not stop it"
            : "no analysis judges the new version in the background, as a step or in an experiment, at least one is needed: errors do not stop it";
}
