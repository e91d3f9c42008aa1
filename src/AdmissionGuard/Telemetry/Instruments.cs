using System.Diagnostics.Metrics;

namespace AdmissionGuard.Telemetry;

/// <summary>
/// The meter of one server and its instruments, made from <see cref="Metrics"/>. Nothing is measured until somebody listens: <c>/metrics</c> does
/// always, OTLP where it is configured.
/// </summary>
internal sealed class Instruments : IDisposable
{
    private readonly Meter meter = new(Metrics.MeterName, typeof(Instruments).Assembly.GetName().Version?.ToString(3));

    /// <summary>Of this server alone, where a process has several.</summary>
    public bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter, meter);

    public Counter<long> Counter(Metric metric) => meter.CreateCounter<long>(metric.Name, metric.Unit, metric.Help);

    public Histogram<double> Histogram(Metric metric) =>
        meter.CreateHistogram(
            metric.Name,
            metric.Unit,
            metric.Help,
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Metrics.DurationBuckets }
        );

    /// <param name="read">Asked at each scrape and each export; must not wait.</param>
    public void Observe(Metric metric, Func<double> read)
    {
        if (metric.Type == MetricType.Counter)
            meter.CreateObservableCounter(metric.Name, read, metric.Unit, metric.Help);
        else
            meter.CreateObservableGauge(metric.Name, read, metric.Unit, metric.Help);
    }

    /// <summary>As the other, for a metric with one label: a value for each of the label's.</summary>
    public void Observe(Metric metric, Func<IEnumerable<(string Label, double Value)>> read)
    {
        if (metric.Type == MetricType.Counter)
            meter.CreateObservableCounter(metric.Name, Measure, metric.Unit, metric.Help);
        else
            meter.CreateObservableGauge(metric.Name, Measure, metric.Unit, metric.Help);

        IEnumerable<Measurement<double>> Measure() =>
            read().Select(r => new Measurement<double>(r.Value, new KeyValuePair<string, object?>(metric.Labels[0], r.Label)));
    }

    public void Dispose() => meter.Dispose();
}
