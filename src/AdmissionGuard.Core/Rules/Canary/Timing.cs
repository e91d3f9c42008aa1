using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Canary;

/// <summary>A check has time to see something, and a bad version does not stay for long. See docs/facts/flagger.md#analysis-defaults.</summary>
internal static class Timing
{
    private static readonly DurationParameter MinInterval = new(
        "minInterval",
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromHours(1),
        "shortest interval between two checks of a Canary"
    );
    private static readonly IntegerParameter MaxThreshold = new("maxThreshold", 10, 1, 100, "failed checks before a release is taken back");
    private static readonly DurationParameter MaxRollback = new(
        "maxRollbackTime",
        TimeSpan.FromMinutes(30),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromDays(1),
        "longest time from the first failed check until a release is taken back: interval times threshold"
    );

    public static readonly Rule Rule = new()
    {
        Id = "canary-timing",
        Summary = "The checks of a Canary should be far enough apart to see something, and few enough to take a bad version back soon.",
        Why =
            "A release is taken back after threshold failed checks, one an interval: until then its users meet the fault. An interval that Go "
            + "cannot read is 60s and one below 10s is 10s, without a word; "
            + "a threshold of 0 or less is 1 (flagger pkg/apis/flagger/v1beta1/canary.go, GetAnalysisInterval and GetAnalysisThreshold). A rate "
            + "over less than half a minute is mostly noise.",
        Remedy = "An interval of 30s to 1m with a threshold of 3 to 5 suits most services.",
        Kinds = [ObjectKind.Canary],
        Parameters = [MinInterval, MaxThreshold, MaxRollback],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var analysis = new CanaryAnalysis(x.Spec, x.Read);
        var written = analysis.Node["interval"u8];
        if (written.Text is { } text && analysis.WrittenInterval is null)
        {
            Report(
                x,
                written,
                "interval",
                $"interval {Shown.Quote(Shown.Clip(text, 40))} is no duration that Go can read: it is taken for "
                    + $"{Durations.Write(CanaryAnalysis.DefaultInterval)}",
                1,
                "interval: 1m"
            );
        }
        else if (analysis.WrittenInterval < x.Get(MinInterval))
        {
            var taken =
                analysis.WrittenInterval < CanaryAnalysis.LeastInterval ? $", and is taken for {Durations.Write(CanaryAnalysis.LeastInterval)}" : "";
            Report(
                x,
                written,
                "interval",
                $"interval is {Durations.Write(analysis.WrittenInterval.Value)}, at least {Durations.Write(x.Get(MinInterval))} is advised: a "
                    + $"check sees few requests{taken}",
                (x.Get(MinInterval) - analysis.WrittenInterval.Value).TotalSeconds,
                $"interval: {Durations.Write(x.Get(MinInterval))}"
            );
        }
        var at = analysis.Node["threshold"u8];
        if (x.Read.Integer(at) is not { } threshold)
            return;
        var rollback = analysis.Interval.TotalSeconds * threshold;
        if (threshold <= 0)
            Report(
                x,
                at,
                "threshold",
                $"threshold is {threshold}, at least 1 is meant: it is taken for 1, a single failed check takes the release back",
                1 - threshold,
                "threshold: 3"
            );
        else if (threshold > x.Get(MaxThreshold))
            Report(
                x,
                at,
                "threshold",
                $"threshold is {threshold}, at most {x.Get(MaxThreshold)} is advised: a bad version keeps its users for as many intervals",
                threshold,
                $"threshold: {Math.Min(5, x.Get(MaxThreshold))}"
            );
        else if (rollback > x.Get(MaxRollback).TotalSeconds)
        {
            Report(
                x,
                at,
                "rollback",
                $"{threshold} failed checks {Durations.Write(analysis.Interval)} apart take "
                    + $"{Durations.Write(TimeSpan.FromSeconds(Math.Min(rollback, 9e11)))}, at most {Durations.Write(x.Get(MaxRollback))} is "
                    + $"advised: a bad version keeps its users that long",
                rollback,
                $"interval: 1m\nthreshold: {Math.Clamp((long)x.Get(MaxRollback).TotalMinutes, 1, 5)}"
            );
        }
    }

    private static void Report(Inspection x, Node at, string key, string message, double excess, string remedy) =>
        x.Report(new Finding(at, key, message) { Excess = excess, Remedy = remedy });
}
