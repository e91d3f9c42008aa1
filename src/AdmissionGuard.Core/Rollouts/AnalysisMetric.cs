using System.Globalization;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// One metric of an analysis template, with Argo's defaults (docs/facts/argo-rollouts.md#metric-defaults; argo-rollouts analysis_types.go, Metric). A
/// number that is an argument such as <c>{{args.limit}}</c> is unknown until a run is made: null.
/// </summary>
internal readonly struct AnalysisMetric(Node at, Reader read)
{
    /// <summary>What fails and succeeds by itself: the exit code of a job, Kayenta's score, whatever a plugin does.</summary>
    private static readonly string[] Judges = ["job", "kayenta", "plugin"];

    public Node At { get; } = at;

    /// <summary>Empty where it has none.</summary>
    public string Name => At["name"u8].Text ?? "";

    /// <summary>As texts show it.</summary>
    public string Title => $"metric {Shown.Quote(Shown.Clip(Name, 60))}";

    public Node Provider => At["provider"u8];

    /// <summary>Whether the provider gives a verdict, so that no condition is needed.</summary>
    public bool JudgesItself
    {
        get
        {
            foreach (var judge in Judges)
            {
                if (Provider[judge].Exists)
                    return true;
            }
            return false;
        }
    }

    /// <summary>
    /// Whether each measurement is a glance at numbers that change. A job or a call of a test is the whole of what is judged; a range query sees many
    /// points at once.
    /// </summary>
    public bool IsSample
    {
        get
        {
            foreach (var entry in Provider.Entries)
            {
                if (entry.Name is "prometheus")
                    return !entry.Value["rangeQuery"u8].Exists;
                if (entry.Name is "datadog" or "newRelic" or "wavefront" or "graphite" or "influxdb" or "skywalking")
                    return true;
            }
            return false;
        }
    }

    public string? SuccessCondition => Condition("successCondition");

    public string? FailureCondition => Condition("failureCondition");

    /// <summary>No condition, or one that is the same whatever is measured.</summary>
    public bool IsUnconditional =>
        (SuccessCondition is not { } success || ConditionTruth.Of(success) == true)
        && (FailureCondition is not { } failure || ConditionTruth.Of(failure) == false);

    /// <summary>Asks Prometheus for no series at all.</summary>
    public bool IsOfNothing => Provider["prometheus"u8]["query"u8].Text is { } query && ConstantQuery.Is(query);

    /// <summary>Whether it fails for no version; what cannot be read may.</summary>
    public bool ProvesNothing => !JudgesItself && !Provider["web"u8].Exists && (IsOfNothing || (AreReadable && IsUnconditional));

    /// <summary>False where a condition has the wrong type.</summary>
    public bool AreReadable =>
        At["successCondition"u8] is not { Exists: true, Text: null } && At["failureCondition"u8] is not { Exists: true, Text: null };

    public bool HasInterval => At["interval"u8] is { Exists: true } interval && interval.Text is not "";

    /// <summary>Null where there is none, and where it is an argument.</summary>
    public TimeSpan? Interval => HasInterval && !IsArgument(At["interval"u8]) ? read.Duration(At["interval"u8]) : null;

    /// <summary>0 where there is none.</summary>
    public long? Count => Number("count", 0);

    /// <summary>How many measurements a run takes: without a count one, or with an interval no end of them.</summary>
    public long? Measurements
    {
        get
        {
            if (Count is not { } count)
                return null;
            if (count != 0)
                return count;
            if (HasInterval)
                return long.MaxValue;
            return 1;
        }
    }

    public bool IsEndless => Measurements == long.MaxValue;

    public long? FailureLimit => Number("failureLimit", 0);

    public long? InconclusiveLimit => Number("inconclusiveLimit", 0);

    public long? ConsecutiveErrorLimit => Number("consecutiveErrorLimit", 4);

    public long? ConsecutiveSuccessLimit => Number("consecutiveSuccessLimit", 0);

    private string? Condition(string field) => read.Text(At[field]) is { Length: > 0 } text ? text : null;

    /// <summary>A whole number, or a text of one.</summary>
    private long? Number(string field, long absent)
    {
        var value = At[field];
        if (!value.Exists)
            return absent;
        if (IsArgument(value))
            return null;
        return long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : read.Integer(value);
    }

    private static bool IsArgument(Node value) => value.Text?.Contains("{{", StringComparison.Ordinal) == true;
}
