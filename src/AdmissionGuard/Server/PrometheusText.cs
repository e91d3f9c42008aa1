using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Reference;

namespace AdmissionGuard.Server;

/// <summary>Listens to our meter and writes what Prometheus scrapes. No exporter for it restores from the registry that this is built with.</summary>
internal sealed class PrometheusText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly double[] Buckets = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.1, 1];

    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, Family> families = new(StringComparer.Ordinal);

    public PrometheusText(Telemetry telemetry)
    {
        listener.InstrumentPublished = (instrument, on) =>
        {
            if (!telemetry.Owns(instrument))
                return;
            var family = families.GetOrAdd(instrument.Name, _ => new Family(instrument.Description ?? "", instrument is Histogram<double>));
            on.EnableMeasurementEvents(instrument, family);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, family) => ((Family)family!).Of(tags).Add(value));
        listener.SetMeasurementEventCallback<double>((_, value, tags, family) => ((Family)family!).Of(tags).Observe(value));
        listener.Start();
    }

    /// <summary>The gauges are read at the moment of the scrape. A name may carry its labels; those of one family stand together.</summary>
    public string Write(params ReadOnlySpan<(string Name, string Help, double Value)> gauges)
    {
        var text = new StringBuilder();
        foreach (var (name, family) in families.OrderBy(f => f.Key, StringComparer.Ordinal))
            family.Write(text, name);
        var before = "";
        foreach (var (name, help, value) in gauges)
        {
            var family = name.Split('{')[0];
            if (family != before)
                text.Append(CultureInfo.InvariantCulture, $"# HELP {family} {help}\n# TYPE {family} gauge\n");
            before = family;
            text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
        }
        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    private sealed class Family(string help, bool isHistogram)
    {
        private readonly ConcurrentDictionary<Labels, Cell> cells = new();

        public Cell Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => cells.GetOrAdd(new Labels(tags), static _ => new Cell());

        public void Write(StringBuilder text, string name)
        {
            var series = isHistogram ? name : name + "_total";
            text.Append(CultureInfo.InvariantCulture, $"# HELP {series} {help}\n# TYPE {series} {(isHistogram ? "histogram" : "counter")}\n");
            foreach (var (labels, cell) in cells.OrderBy(c => c.Key.ToString(), StringComparer.Ordinal))
            {
                if (isHistogram)
                    cell.WriteHistogram(text, name, labels.ToString());
                else
                    text.Append(CultureInfo.InvariantCulture, $"{series}{{{labels}}} {cell.Count}\n");
            }
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

        public long Count => Interlocked.Read(ref count);

        public void Add(long value) => Interlocked.Add(ref count, value);

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
