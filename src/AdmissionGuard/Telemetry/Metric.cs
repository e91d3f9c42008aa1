namespace AdmissionGuard.Telemetry;

internal enum MetricType
{
    /// <summary>A count since the start of the process; it only grows.</summary>
    Counter,

    /// <summary>A value that comes and goes, read when somebody asks.</summary>
    Gauge,

    /// <summary>Durations in seconds, counted in the buckets of <see cref="Metrics.DurationBuckets"/>.</summary>
    Histogram,
}

/// <summary>One metric, as every reader of it sees it.</summary>
/// <param name="Name">The same in <c>/metrics</c>, over OTLP, in the dashboard and in the alerts.</param>
/// <param name="Unit">In UCUM, as OpenTelemetry asks for it: <c>s</c>, <c>By</c>, or in braces what is counted.</param>
/// <param name="Help">One sentence for who reads <c>/metrics</c>.</param>
/// <param name="Labels">In their order. Each takes values that we define, never what a user wrote.</param>
internal sealed record Metric(string Name, MetricType Type, string Unit, string Help, params string[] Labels);

/// <summary>A name that <c>/metrics</c> keeps for one version after a metric got another.</summary>
internal sealed record DeprecatedName(string Name, Metric Metric);
