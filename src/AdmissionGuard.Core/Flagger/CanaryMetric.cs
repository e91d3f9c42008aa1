using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>A metric of a Canary's analysis, as Flagger checks it (flagger pkg/controller/scheduler_metrics.go).</summary>
internal readonly struct CanaryMetric(Node node)
{
    public const string SuccessRate = "request-success-rate";
    public const string Duration = "request-duration";

    /// <summary>In percent: whoever sets less sets nothing.</summary>
    private const double LeastRate = 10;

    /// <summary>An hour.</summary>
    private const double LongestMilliseconds = 3_600_000;

    /// <summary>Of any metric: bytes of a whole data centre are fewer.</summary>
    private const double Endless = 1e18;

    public Node Node => node;

    public string Name => node["name"u8].Text ?? "";

    /// <summary>Why no bad version has a bad value; null where one can.</summary>
    public string? NeverFails
    {
        get
        {
            var range = node["thresholdRange"u8];
            if (!IsQueried)
                return $"{Shown.Quote(Shown.Clip(Name, 60))} is no metric of Flagger's own and has no templateRef: it is never looked at";
            if (node["query"u8].Text is { } query && Rollouts.ConstantQuery.Is(query))
                return "the query asks nothing of a version: it answers the same whatever is released";
            if (!range.IsObject)
                return Name == SuccessRate && !range.Exists && IsZero(node["threshold"u8])
                    ? "no thresholdRange, so 0 % of good answers is enough"
                    : null;
            var (min, max) = (Number(range["min"u8]), Number(range["max"u8]));
            if (!range["min"u8].Exists && !range["max"u8].Exists)
                return "thresholdRange has neither min nor max: every value is good";
            if (Name == SuccessRate && !range["min"u8].Exists)
                return OneSided("max: a version without a single good answer passes", max < 100, ", and a good one is taken back");
            if (Name == SuccessRate && min <= 0 && !(max < 100))
                return "min is 0, so 0 % of good answers is enough";
            if (Name == SuccessRate && min < LeastRate && !(max < 100))
                return $"min is below {LeastRate}, so a version that answers nearly nothing passes";
            if (Name == Duration && max > LongestMilliseconds)
                return "max is more than an hour, which no request takes: the slowest version passes";
            if (!(min > -Endless) && !(max < Endless))
                return "the limits are beyond every value: every value is good";
            return Name == Duration && !range["max"u8].Exists
                ? OneSided("min: the slowest version passes", min > 0, ", and a fast one is taken back")
                : null;
        }
    }

    /// <summary>It is asked for, but no limit is set to what is bad.</summary>
    public bool IsUnlimited => IsQueried && NeverFails is not null;

    /// <summary>Only the limit on the wrong side is set: what is good is taken back.</summary>
    public bool IsInverted
    {
        get
        {
            var range = node["thresholdRange"u8];
            return (Name == SuccessRate && !range["min"u8].Exists && Number(range["max"u8]) < 100)
                || (Name == Duration && !range["max"u8].Exists && Number(range["min"u8]) > 0);
        }
    }

    /// <summary>Without a range the limit is <c>threshold</c>, 0 where that is absent: no request takes no time.</summary>
    public bool AlwaysFails => Name == Duration && !node["thresholdRange"u8].Exists && IsZero(node["threshold"u8]);

    private bool IsQueried => Name is SuccessRate or Duration || node["templateRef"u8].Exists || node["query"u8].Exists || !node["name"u8].Exists;

    private static bool IsZero(Node threshold) => !threshold.Exists || (threshold.TryGetDouble(out var value) && value <= 0);

    private static string OneSided(string what, bool takesBack, string more) => $"thresholdRange has only {what}{(takesBack ? more : "")}";

    private static double? Number(Node node) => node.TryGetDouble(out var value) ? value : null;
}
