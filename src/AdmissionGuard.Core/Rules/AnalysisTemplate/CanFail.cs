using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.AnalysisTemplate;

/// <summary>An analysis is able to say no. See docs/facts/argo-rollouts.md#cannot-fail.</summary>
internal static class CanFail
{
    public static readonly Rule Rule = new()
    {
        Id = "analysis-template-can-fail",
        Summary = "A metric must be able to fail, and its failure must count.",
        Why =
            "Without a condition, or with one such as 1 == 1, every measurement that arrives is a success; vector(1) "
            + "measures nothing; up to failureLimit measurements may fail, and the result of a "
            + "metric in dryRun is only shown: "
            + "the Rollout looks guarded and promotes whatever comes (argo-rollouts utils/evaluate/evaluate.go, analysis/analysis.go).",
        Remedy =
            "Write a successCondition or failureCondition about a metric of the new version, keep "
            + "failureLimit below the number of measurements, and take metrics out of dryRun "
            + "once they are trusted.",
        Kinds = [ObjectKind.AnalysisTemplate, ObjectKind.ClusterAnalysisTemplate],
        Reads = [ObjectKind.Rollout, ObjectKind.AnalysisTemplate, ObjectKind.ClusterAnalysisTemplate],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var spec = new AnalysisSpec(x.Spec, x.Read);
        if (spec.IsEmpty)
            x.Report(MetricFaults.Nothing(x));
        var dry = new List<AnalysisMetric>();
        var counts = false;
        foreach (var metric in spec.Metrics)
        {
            if (Unconditional(x, metric) is { } never)
                x.Report(never);
            if (MetricFaults.Constant(metric) is { } constant)
                x.Report(constant);
            if (Unlimited(metric) is { } limit)
                x.Report(limit);
            if (spec.DryRun.Covers(metric.Name) == true)
                dry.Add(metric);
            else
                counts = true;
        }
        if (dry.Count > 0)
            Dry(x, spec.DryRun, dry, counts);
        else if (spec.DryRun.At.Items.Any(i => i["metricName"u8].Text == DryRun.Star))
            x.Report(spec.DryRun.StarAlone());
    }

    private static Finding? Unconditional(Inspection x, AnalysisMetric metric)
    {
        if (metric.JudgesItself || !metric.Provider.IsObject)
            return null;
        if (!metric.AreReadable || !metric.IsUnconditional)
            return null;
        var success = metric.SuccessCondition;
        var failure = metric.FailureCondition;
        string? constant = null;
        if (success is not null)
            constant = "successCondition is always true";
        else if (failure is not null)
            constant = "failureCondition is always false";
        // a response that is no 2xx is an error there, and errors in a row end the analysis
        var isWeb = metric.Provider["web"u8].Exists;
        var effect = isWeb ? "only responses other than 2xx, several in a row, stop a release" : "whatever it measures is a success";
        return new Finding(
            Place.Of(metric.At, failure is not null && success is null ? "failureCondition" : "successCondition"),
            $"{metric.Name} condition",
            constant is not null
                ? $"{constant} for {metric.Title}, a condition on the result is needed: {effect}"
                : $"{metric.Title} has neither successCondition nor failureCondition, one is needed: {effect}"
        )
        {
            Found = constant ?? "no condition",
            Limit = "1 condition",
            Excess = 1,
            Remedy = metric.Provider["prometheus"u8].Exists
                ? "successCondition: len(result) > 0 && result[0] >= 0.95"
                : "successCondition: result >= 0.95",
            AtMost = isWeb && !TemplateUsers.LoseTheConditionOf(metric, x) ? GuardAction.Warn : GuardAction.Deny,
        };
    }

    private static Finding? Unlimited(AnalysisMetric metric)
    {
        if (metric.FailureLimit is not { } limit || metric.Measurements is not { } measurements || metric.ConsecutiveSuccessLimit != 0)
            return null;
        if (limit >= 0 && limit < measurements)
            return null;
        var taken = measurements == 1 ? "1 measurement" : $"{measurements} measurements";
        string problem;
        if (limit < 0)
            problem = "0 or more is needed without a consecutiveSuccessLimit: Argo calls the metric invalid and every analysis ends in an error";
        else if (metric.Count > 0 && limit > measurements)
            problem = $"it must be less than its {taken}: Argo calls the metric invalid and every analysis ends in an error";
        else
            problem = $"it must be less than its {taken}: {(measurements == 1 ? "it" : "each of them")} may fail and the metric succeeds";
        return new Finding(metric.At["failureLimit"u8], $"{metric.Name} failureLimit", $"failureLimit of {metric.Title} is {limit}, {problem}")
        {
            Found = $"{limit}",
            Limit = limit < 0 ? "0" : $"{measurements - 1}",
            Excess = limit < 0 ? 1 : limit - measurements + 1,
            Remedy = $"failureLimit: {(limit < 0 ? 0 : measurements / 3)}",
        };
    }

    private static void Dry(Inspection x, DryRun dryRun, List<AnalysisMetric> dry, bool counts)
    {
        if (!counts)
        {
            var which = dry.Count == 1 ? $"{dry[0].Title}, its only one," : $"each of its {dry.Count} metrics,";
            x.Report(
                new Finding(dryRun.At, "dryRun", $"dryRun covers {which} at least 1 metric must count: the analysis succeeds whatever is measured")
                {
                    Found = "every metric",
                    Limit = "not every metric",
                    Excess = 1,
                }
            );
            return;
        }
        foreach (var metric in dry)
        {
            x.Report(
                new Finding(dryRun.At, $"{metric.Name} dryRun", $"dryRun covers {metric.Title}: its failures are shown and stop nothing")
                {
                    Found = "dryRun",
                    Excess = 1,
                    AtMost = GuardAction.Warn,
                }
            );
        }
    }
}
