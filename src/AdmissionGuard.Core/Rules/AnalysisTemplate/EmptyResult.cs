using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.AnalysisTemplate;

/// <summary>
/// What no data means is decided, not left to chance. Conditions are not parsed: any word that could be a guard is taken for one. See
/// docs/facts/argo-rollouts.md#no-data.
/// </summary>
internal static class EmptyResult
{
    private static readonly string[] GuardsOfConditions = ["len(", "isNaN(", "isNil(", "default(", "nil", "??", "?."];
    private static readonly string[] GuardsOfQueries = [" or ", "\nor ", ")or ", "absent(", "absent_over_time("];

    public static readonly Rule Rule = new()
    {
        Id = "analysis-template-empty-result",
        Summary = "The condition of a Prometheus metric should say what an empty result means.",
        Why =
            "Without traffic a query gives nothing at all, or NaN where it divides by zero. result[0] of nothing is an error, and several in "
            + "a row abort the rollout; "
            + "any comparison with NaN is false, and all() of nothing is true, so that the absence of data fails or passes the release by "
            + "accident (argo-rollouts utils/evaluate/evaluate.go, docs).",
        Remedy =
            "Ask for len(result) > 0 in the condition; with a successCondition and a failureCondition that both ask for it, no data is "
            + "inconclusive and pauses the rollout.",
        Kinds = [ObjectKind.AnalysisTemplate, ObjectKind.ClusterAnalysisTemplate],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var metric in new AnalysisSpec(x.Spec, x.Read).Metrics)
        {
            var prometheus = metric.Provider["prometheus"u8];
            if (!prometheus.IsObject || Has(GuardsOfQueries, prometheus["query"u8].Text))
                continue;
            var success = metric.SuccessCondition;
            var failure = metric.FailureCondition;
            if (Has(GuardsOfConditions, success) || Has(GuardsOfConditions, failure))
                continue;
            var field = success is not null ? "successCondition" : "failureCondition";
            if ((success ?? failure) is not { } condition || !condition.Contains("result", StringComparison.Ordinal))
                continue;
            x.Report(
                new Finding(
                    metric.At[field],
                    $"{metric.Name} {field}",
                    $"{field} of {metric.Title} is {Shown.Quote(Shown.Clip(condition, 60))} and has no guard such as "
                        + $"{(IsList(condition) ? "len(result) > 0" : "isNaN(result)")}: {Effect(condition, success is not null)}"
                )
                {
                    Found = Shown.Quote(Shown.Clip(condition, 60)),
                    Limit = "a guard for an empty result",
                    Excess = 1,
                    Remedy = Remedy(field, condition),
                }
            );
        }
    }

    private static string Effect(string condition, bool success)
    {
        if (condition.Contains("all(", StringComparison.Ordinal) && success)
            return "without data it is true";
        if (condition.Contains("result[", StringComparison.Ordinal))
            return $"without data it is an error, and NaN {(success ? "fails" : "passes")}";
        return $"NaN {(success ? "fails" : "passes")}";
    }

    /// <summary>Whether it takes the result for a list, as it is of all queries but scalar().</summary>
    private static bool IsList(string condition) =>
        condition.Contains("result[", StringComparison.Ordinal) || condition.Contains("(result,", StringComparison.Ordinal);

    /// <summary>
    /// No data is a measurement that failed, of which failureLimit allows some. Null where the condition would need more than quotes.
    /// </summary>
    private static string? Remedy(string field, string condition)
    {
        if (condition.Length > 200 || condition.Contains('\\', StringComparison.Ordinal) || condition.Contains('\n', StringComparison.Ordinal))
            return null;
        var success = field == "successCondition";
        string guarded;
        if (!IsList(condition))
        {
            if (success)
                guarded = "!isNaN(result) && ";
            else
                guarded = "isNaN(result) || ";
        }
        else if (success)
            guarded = "len(result) > 0 && ";
        else if (condition.Contains("result[0]", StringComparison.Ordinal))
            guarded = "len(result) == 0 || isNaN(result[0]) || ";
        else
            guarded = "len(result) == 0 || ";
        return $"{field}: {Shown.Quote($"{guarded}({condition})")}";
    }

    private static bool Has(string[] guards, string? text)
    {
        if (text is null)
            return false;
        foreach (var guard in guards)
        {
            if (text.Contains(guard, StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
