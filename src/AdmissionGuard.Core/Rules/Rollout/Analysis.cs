using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>Metrics judge a release, not the clock alone. See docs/facts/operations-practice.md#canary-time.</summary>
internal static class Analysis
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-analysis",
        Summary = "A release must be judged by an analysis that can fail.",
        Why =
            "Without one a canary is blind: pods that are ready but answer with errors are promoted when the time is up, and nothing aborts "
            + "but a person who looks. An analysis without a template, with one that is not there or whose metrics cannot fail, or one that begins "
            + "after the last step judges nothing. "
            + "A failed analysis puts the weight back to 0 by itself (argo-rollouts docs, analysis; rollout/analysis.go).",
        Remedy = "Name an AnalysisTemplate: canary.analysis to watch all steps, an analysis step, or blueGreen.prePromotionAnalysis.",
        Kinds = [ObjectKind.Rollout],
        Reads = [ObjectKind.AnalysisTemplate, ObjectKind.ClusterAnalysisTemplate],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        if (!(plan.HasSteps || plan.IsBlueGreen))
            return;
        if (plan.HasAnalysis)
        {
            Unproven(x);
            return;
        }
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

    /// <summary>Every template is known to be missing, or has no metric that can fail.</summary>
    private static void Unproven(Inspection x)
    {
        RolloutAnalysis? first = null;
        var isMissing = false;
        foreach (var analysis in RolloutAnalysis.Of(x.Subject.Root, x.Subject.Namespace).Where(a => a.Templates.Count > 0))
        {
            var isAbsent = analysis.Templates.All(t => x.World.Look(t.Key, out _) == Presence.Absent);
            var merged = MergedTemplates.Of(analysis, x.World, x.Subject.Namespace);
            if (!isAbsent && (!merged.IsWhole || merged.Metrics.Any(m => !m.Metric.ProvesNothing)))
                return;
            first ??= analysis;
            isMissing |= isAbsent;
        }
        if (first is null)
            return;
        var templates = Shown.Clip(string.Join(", ", first.Templates.Take(3).Select(t => t.Key.Name)), 120);
        x.Report(
            new Finding(
                first.Naming,
                "analysis",
                isMissing
                    ? $"{first.Name} names {templates}, which is not there: no version is judged"
                    : $"{first.Name} names {templates}, which has no metric that can fail: every version passes"
            )
            {
                Found = "no analysis that can fail",
                Limit = "1 analysis",
                Excess = 1,
                RestsOnAbsence = isMissing,
            }
        );
    }

    private static string Message(bool blueGreen) =>
        blueGreen
            ? "no analysis judges the new version before or after the switch, at least one is needed: errors do not stop it"
            : "no analysis judges the new version in the background, as a step or in an experiment, at least one is needed: errors do not stop it";
}
