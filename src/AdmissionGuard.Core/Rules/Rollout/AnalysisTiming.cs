using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>The analysis judges before all users have the new version. See docs/facts/argo-rollouts.md#background-analysis.</summary>
internal static class AnalysisTiming
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-analysis-timing",
        Summary = "An analysis should judge the new version while few users have it.",
        Why =
            "An analysis that begins when the weight is 100, or with a startingStep behind the last step, comes too late to stop anything: "
            + "what it finds, the users have found already "
            + "(argo-rollouts docs, features/analysis; utils/replicaset, BeforeStartingStep).",
        Remedy = "Put an analysis step after the first weight, or a startingStep in the pause that follows it.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        if (plan is not { IsCanary: true, HasSteps: true })
            return;
        var background = x.Spec["strategy"u8]["canary"u8]["analysis"u8];
        if (!plan.HasAnalysis && !RolloutAnalysis.NamesTemplates(background, x.Read))
            return;
        foreach (var stage in plan.Stages)
        {
            var hold = stage.Hold;
            if (!stage.IsKnown || hold.Unreadable || (stage.Share < 100 && (hold.Analysis || hold.Experiment || hold.Plugin || hold.Background)))
                return;
        }
        var canary = x.Spec["strategy"u8]["canary"u8];
        var steps = canary["steps"u8];
        if (canary["analysis"u8]["startingStep"u8] is { Exists: true } start)
        {
            if (x.Read.Integer(start) is not { } index)
                return;
            var message =
                index >= steps.Count
                    ? $"startingStep is {index}, the last step is {steps.Count - 1}: the analysis never begins"
                    : $"startingStep is {index}, counted from 0: the analysis begins when all users have the new version already";
            x.Report(
                new Finding(start, "startingStep", message)
                {
                    Found = $"{index}",
                    Excess = 1,
                    Remedy = "startingStep: 1",
                }
            );
            return;
        }
        foreach (var item in steps.Items)
        {
            var step = item;
            if ((step["analysis"u8].Exists ? step["analysis"u8] : step["experiment"u8]) is not { Exists: true } analysis)
                continue;
            x.Report(
                new Finding(
                    analysis,
                    "analysis",
                    "the first analysis comes when all users have the new version already: what it finds, they have found before"
                )
                {
                    Excess = 1,
                    Remedy = "- analysis:   # after the first weight\n    templates:\n      - templateName: success-rate",
                }
            );
            return;
        }
    }
}
