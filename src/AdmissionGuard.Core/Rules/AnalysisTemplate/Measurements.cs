using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.AnalysisTemplate;

/// <summary>Enough measurements to judge by, and an end where one is waited for. See docs/facts/argo-rollouts.md#metric-defaults.</summary>
internal static class Measurements
{
    private static readonly DurationParameter MinInterval = new(
        "minInterval",
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromHours(1),
        "shortest interval between two measurements of a metric"
    );
    private static readonly IntegerParameter MaxErrors = new(
        "maxConsecutiveErrors",
        10,
        0,
        1000,
        "most errors in a row that a metric may forgive; Argo tries again every 10 seconds"
    );

    /// <summary>A template of the cluster may have thousands of users; these are looked at until one waits for its end.</summary>
    private const int UsersLookedAt = 200;

    public static readonly Rule Rule = new()
    {
        Id = "analysis-template-measurements",
        Summary = "A metric should be measured several times, at intervals that show something new, and come to an end where a rollout waits for it.",
        Why =
            "One measurement is noise, and so are many within one scrape of Prometheus. While the provider is down there are only errors: a "
            + "high consecutiveErrorLimit takes that for fine. "
            + "A metric with an interval and no count never ends, and a Rollout that waits for it is invalid (argo-rollouts docs, analysis; "
            + "validation_references.go).",
        Remedy =
            "Set interval to 30s or more and count to 5 or more (no count for background analysis alone), and leave consecutiveErrorLimit at "
            + "its default of 4.",
        Kinds = [ObjectKind.AnalysisTemplate, ObjectKind.ClusterAnalysisTemplate],
        Reads = [ObjectKind.Rollout, ObjectKind.AnalysisTemplate, ObjectKind.ClusterAnalysisTemplate],
        Parameters = [MinInterval, MaxErrors],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        string? waiting = null;
        foreach (var metric in new AnalysisSpec(x.Spec, x.Read).Metrics)
        {
            if (metric.IsSample)
                Noise(x, metric);
            if (metric.IsEndless && (waiting ??= Waiting(x)).Length > 0)
                x.Report(Endless(metric, waiting));
            if (metric.ConsecutiveErrorLimit is { } errors && errors > x.Get(MaxErrors))
                x.Report(Forgiving(metric, errors, x.Get(MaxErrors)));
        }
    }

    private static void Noise(Inspection x, AnalysisMetric metric)
    {
        var min = x.Get(MinInterval);
        if (metric.Interval is { } interval && interval < min && metric.Measurements > 1)
        {
            x.Report(
                new Finding(
                    metric.At["interval"u8],
                    $"{metric.Name} interval",
                    $"interval of {metric.Title} is {Durations.Write(interval)}, at least {Durations.Write(min)} is wanted: most measurements "
                        + $"see the same numbers again"
                )
                {
                    Found = Durations.Write(interval),
                    Limit = Durations.Write(min),
                    Excess = (min - interval).TotalSeconds,
                    Remedy = $"interval: {Durations.Write(TimeSpan.FromTicks(Math.Max(min.Ticks, TimeSpan.FromSeconds(30).Ticks)))}",
                }
            );
        }
        if (metric.HasInterval || metric.Measurements != 1)
            return;
        x.Report(
            new Finding(
                new Place(metric.At, "interval"),
                $"{metric.Name} single",
                $"{metric.Title} is measured once, several times are wanted: one value decides the release, by chance"
            )
            {
                Found = "1 measurement",
                Limit = "several",
                Excess = 1,
                Remedy = $"interval: 1m\n{(metric.At["count"u8].Exists ? "" : "count: 5\n")}failureLimit: 1",
            }
        );
    }

    private static Finding Endless(AnalysisMetric metric, string waiting) =>
        new(
            Place.Of(metric.At, "count"),
            $"{metric.Name} endless",
            $"{metric.Title} has an interval and no count, one is needed because {waiting}: that Rollout cannot go on"
        )
        {
            Found = "no count",
            Limit = "a count",
            Excess = 1,
            Remedy = "count: 5",
        };

    private static Finding Forgiving(AnalysisMetric metric, long errors, int max) =>
        new(
            metric.At["consecutiveErrorLimit"u8],
            $"{metric.Name} errors",
            $"consecutiveErrorLimit of {metric.Title} is {errors}, at most {max} is wanted: while nothing can be measured the rollout goes on"
        )
        {
            Found = $"{errors}",
            Limit = $"{max}",
            Excess = errors - max,
            Remedy = $"consecutiveErrorLimit: {Math.Min(max, 4)}",
        };

    /// <summary>The first Rollout that waits for an analysis with this template, in words; empty where none does.</summary>
    private static string Waiting(Inspection x)
    {
        foreach (var (key, rollout, named) in TemplateUsers.Of(x.Key, x.World).Take(UsersLookedAt))
        {
            foreach (var analysis in RolloutAnalysis.Of(rollout, key.Namespace))
            {
                if (analysis.MustEnd && analysis.Templates.Any(t => t.Key == named))
                    return $"{key.TitleIn(x.Subject.Namespace)} runs it in {analysis.Name}";
            }
        }
        return "";
    }
}
