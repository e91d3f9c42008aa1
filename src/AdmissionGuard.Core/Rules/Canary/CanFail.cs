using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Canary;

/// <summary>A bad version is found to be one. See docs/facts/flagger.md#checks-that-pass.</summary>
internal static class CanFail
{
    public static readonly Rule Rule = new()
    {
        Id = "canary-can-fail",
        Summary = "The analysis of a Canary must be able to fail.",
        Why =
            "Without a metric and a rollout webhook every check is passed, and Flagger promotes a version that answers nothing but errors "
            + "when the time is up. A thresholdRange without min and max calls every value good, "
            + "and so does request-success-rate without min; with max alone it takes good versions back besides. Advice where another metric or "
            + "webhook judges. skipAnalysis promotes at the next look, in the middle of a release too (flagger "
            + "pkg/controller/scheduler_metrics.go and scheduler.go).",
        Remedy =
            "Give each metric a thresholdRange with min or max; let request-success-rate be one of them. In an emergency break the glass for "
            + "skipAnalysis.",
        Kinds = [ObjectKind.Canary],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var analysis = new CanaryAnalysis(x.Spec, x.Read);
        if (analysis.IsSkipped)
            x.Report(Skipped(x));
        if (!analysis.Node.IsObject)
            return;
        var metrics = analysis.Metrics.ToList();
        // what has the wrong type is unknown, and may judge
        var isKnown = metrics.All(m => m.Node.IsObject) && (!analysis.Node["metrics"u8].Exists || analysis.Node["metrics"u8].IsArray);
        var dead = metrics.Where(m => m.Node.IsObject && m.NeverFails is not null).ToList();
        if (isKnown && !analysis.CanFail && !dead.Exists(m => m.IsUnlimited))
            x.Report(Nothing(analysis));
        var isJudged = analysis.CanFail || analysis.HasGateBefore;
        foreach (var metric in dead)
            x.Report(Dead(metric, metric.IsUnlimited && (metric.IsInverted || !isJudged) ? GuardAction.Deny : GuardAction.Warn));
        foreach (var metric in metrics.Where(m => m.AlwaysFails))
            x.Report(Always(metric));
    }

    private static Finding Skipped(Inspection x)
    {
        var status = new CanaryStatus(x.Old is { } old ? old.Root["status"u8] : default);
        var now = status.IsJudged
            ? $"a release is under way and {status.Weight ?? 0} % of users are on it, at the next look all are"
            : "a new version goes to all users at once, whatever it does";
        return new Finding(x.Spec["skipAnalysis"u8], "skipAnalysis", $"skipAnalysis is true, it must be false: {now}")
        {
            Found = "true",
            Limit = "false",
            Remedy = "skipAnalysis: false\n" + "# a hotfix: a GuardException of canary-can-fail, or the annotation admissionguard.io/break-glass",
        };
    }

    private static Finding Nothing(CanaryAnalysis analysis) =>
        new(
            Place.Of(analysis.Node, "metrics"),
            "analysis",
            analysis.HasGateBefore
                ? "only a pre-rollout webhook judges a new version, before it has users, a metric is advised: what shows under load is not seen"
                : "no metric and no rollout webhook judges a new version, at least one is needed: every check is passed"
        )
        {
            Found = "no check",
            Limit = "1 check",
            Remedy = "metrics:\n  - name: request-success-rate\n    interval: 1m\n    thresholdRange:\n      min: 99",
            AtMost = analysis.HasGateBefore ? GuardAction.Warn : GuardAction.Deny,
        };

    private static Finding Dead(CanaryMetric metric, GuardAction atMost) =>
        new(metric.IsUnlimited ? Place.Of(metric.Node, "thresholdRange") : metric.Node["name"u8], $"metric {metric.Name}", metric.NeverFails!)
        {
            Remedy = metric.IsUnlimited ? Threshold(metric.Name) : "templateRef:\n  name: …   # a MetricTemplate with the query",
            AtMost = atMost,
        };

    private static string Threshold(string metric) =>
        metric switch
        {
            CanaryMetric.SuccessRate => "thresholdRange:\n  min: 99",
            CanaryMetric.Duration => "thresholdRange:\n  max: 500   # milliseconds",
            _ => "thresholdRange:\n  max: …   # the highest good value",
        };

    private static Finding Always(CanaryMetric metric) =>
        new(
            Place.Of(metric.Node, "thresholdRange"),
            $"metric {metric.Name} always",
            "request-duration has no thresholdRange, so 0 ms is the limit: every release is taken back"
        )
        {
            Found = "0 ms",
            Remedy = "thresholdRange:\n  max: 500   # milliseconds",
            AtMost = GuardAction.Warn,
        };
}
