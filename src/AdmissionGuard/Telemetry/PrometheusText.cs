using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace AdmissionGuard.Telemetry;

/// <summary>
/// Listens to the meter of one server and writes what Prometheus scrapes.
/// </summary>
/// <remarks>
/// Why not OpenTelemetry.Exporter.Prometheus.AspNetCore: REASON
/// </remarks>
internal sealed class PrometheusText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly double[] Buckets = [.. Metrics.DurationBuckets];

    private readonly MeterListener listener = new();
    private readonly Dictionary<string, Family> families;
    private readonly Lock gate = new();

    public PrometheusText(Instruments instruments)
    {
        families = Metrics.All.ToDictionary(m => m.Name, m => new Family(m), StringComparer.Ordinal);
        listener.InstrumentPublished = (instrument, on) =>
        {
            if (!instruments.Owns(instrument))
                return;
            var family = families[instrument.Name];
            family.IsPublished = true;
            family.IsRead = instrument.IsObservable;
            on.EnableMeasurementEvents(instrument, family);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, family) => ((Family)family!).Of(tags).Add(value));
        listener.SetMeasurementEventCallback<double>((_, value, tags, family) => ((Family)family!).Take(value, tags));
        listener.Start();
    }

    /// <summary>Gauges, and counts that somebody else keeps, are read at the moment of the scrape.</summary>
    public string Write()
    {
        // two scrapes at once would clear what the other has read
        lock (gate)
        {
            foreach (var family in families.Values)
                family.Forget();
            listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var family in families.Values.Where(f => f.IsShown).OrderBy(f => f.Metric.Name, StringComparer.Ordinal))
                family.Write(text);
            foreach (var (name, metric) in Metrics.Deprecated)
            {
                if (families[metric.Name].IsShown)
                    families[metric.Name].WriteAs(text, name);
            }
            return text.ToString();
        }
    }

    public void Dispose() => listener.Dispose();

    private sealed class Family(Metric metric)
    {
        private readonly ConcurrentDictionary<Labels, Cell> cells = new();

        public Metric Metric => metric;

        /// <summary>Whether this server has the part that is measured.</summary>
        public bool IsPublished { get; set; }

        /// <summary>Whether its values are read at the scrape: a series that is not read again is gone.</summary>
        public bool IsRead { get; set; }

        /// <summary>What is counted shows before it is first counted; what is read and has no value now does not.</summary>
        public bool IsShown => IsPublished && !(IsRead && cells.IsEmpty);

        public Cell Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => cells.GetOrAdd(new Labels(tags), static _ => new Cell());

        public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (metric.Type == MetricType.Histogram)
                Of(tags).Observe(value);
            else
                Of(tags).Set(value);
        }

        public void Forget()
        {
            if (IsRead)
                cells.Clear();
        }

        public void Write(StringBuilder text)
        {
            var type = metric.Type.ToString().ToLowerInvariant();
            text.Append(CultureInfo.InvariantCulture, $"# HELP {metric.Name} {metric.Help}\n# TYPE {metric.Name} {type}\n");
            foreach (var (labels, cell) in cells.OrderBy(c => c.Key.ToString(), StringComparer.Ordinal))
            {
                if (metric.Type == MetricType.Histogram)
                    cell.WriteHistogram(text, metric.Name, labels.ToString());
                else
                    cell.Write(text, metric.Name, labels.ToString());
            }
        }

        /// <summary>Under a deprecated name, as a gauge.</summary>
        public void WriteAs(StringBuilder text, string name)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} Deprecated, use {metric.Name}.\n# TYPE {name} gauge\n");
            foreach (var (labels, cell) in cells)
                cell.Write(text, name, labels.ToString());
        }
    }

    /// <summary>The values of up to five labels, compared without building a text.</summary>
    private readonly struct Labels : IEquatable<Labels>
    {
        private readonly KeyValuePair<string, object?>[] tags;
        private readonly int hash;

        public Labels(ReadOnlySpan<KeyValuePair<string, object?>> from)
        {
            tags = from.ToArray();
            var code = default(HashCode);
            foreach (var tag in tags)
                code.Add(tag.Value);
            hash = code.ToHashCode();
        }

        public bool Equals(Labels other)
        {
            if (tags.Length != other.tags.Length)
                return false;
            for (var i = 0; i < tags.Length; i++)
            {
                if (!Equals(tags[i].Value, other.tags[i].Value))
                    return false;
            }
            return true;
        }

        public override bool Equals(object? obj) => obj is Labels other && Equals(other);

        public override int GetHashCode() => hash;

        public override string ToString() => string.Join(',', tags.Select(t => $"{t.Key}=\"{t.Value}\""));
    }

    private sealed class Cell
    {
        private readonly long[] buckets = new long[Buckets.Length];
        private long count;
        private double sum;

        public void Add(long value) => Interlocked.Add(ref count, value);

        /// <summary>Of a series that is read at the scrape.</summary>
        public void Set(double value) => sum = value;

        public void Observe(double value)
        {
            lock (buckets)
            {
                count++;
                sum += value;
                for (var i = 0; i < Buckets.Length; i++)
                {
                    if (value <= Buckets[i])
                        buckets[i]++;
                }
            }
        }

        /// <summary>Counted here or read, never both: the other is 0.</summary>
        public void Write(StringBuilder text, string name, string labels)
        {
            var value = Interlocked.Read(ref count) + sum;
            text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {value}\n");
        }

        public void WriteHistogram(StringBuilder text, string name, string labels)
        {
            lock (buckets)
            {
                for (var i = 0; i < Buckets.Length; i++)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels},le=\"{Buckets[i]}\"}} {buckets[i]}\n");
                }
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{name}_bucket{{{labels},le=\"+Inf\"}} {count}\n{name}_sum{{{labels}}} {sum}\n{name}_count{{{labels}}} {count}\n"
                );
            }
        }
    }
}
