using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Traffic;

/// <summary>One destination of a route and the share of the route's users that it gets.</summary>
/// <param name="Destination">The item of the route's list.</param>
/// <param name="Weight">As written; null where it is omitted, or no whole number as it may be in a TrafficSplit.</param>
/// <param name="Percent">0 to 100.</param>
public readonly record struct Share(Node Destination, long? Weight, double Percent);

/// <summary>A route's weights as shares of users: weight by the sum of the weights, which need not be 100 (docs/facts/istio.md#weights).</summary>
public sealed class Shares
{
    private readonly Share[] shares;

    private Shares(Share[] shares, long sum, bool known)
    {
        this.shares = shares;
        Sum = sum;
        IsKnown = known;
    }

    /// <summary>In the order of the list.</summary>
    public IReadOnlyList<Share> Destinations => shares;

    public ReadOnlySpan<Share> Span => shares;

    /// <summary>Of the weights as they count; rounded up where they have fractions.</summary>
    public long Sum { get; }

    /// <summary>False where a weight could not be read: then the shares of the others are guesses, and nothing may be refused for them.</summary>
    public bool IsKnown { get; }

    /// <summary>
    /// An Istio route, http, tls or tcp: an omitted weight is 0, a single destination gets everything whatever its weight,
    /// and a sum of 0 sends nothing anywhere (Istio refuses it). A negative weight, which Istio refuses too, counts as 0.
    /// </summary>
    public static Shares OfIstio(Node destinations, Reader read)
    {
        var count = destinations.Count;
        var list = count == 0 ? [] : new Share[count];
        var known = !destinations.Exists || destinations.IsArray;
        long sum = 0;
        var i = 0;
        foreach (var item in read.Items(destinations))
        {
            var destination = read.Map(item);
            var weight = read.Integer(destination["weight"u8]);
            known &= destination.Exists && weight.HasValue == destination["weight"u8].Exists;
            list[i++] = new Share(destination, weight, 0);
            sum = Add(sum, Math.Max(0, weight ?? 0));
        }
        for (i = 0; i < count; i++)
        {
            double percent;
            if (count == 1)
                percent = 100;
            else if (sum == 0)
                percent = 0;
            else
                percent = 100.0 * Math.Max(0, list[i].Weight ?? 0) / sum;
            list[i] = list[i] with { Percent = percent };
        }
        return new Shares(list, sum, known);
    }

    /// <summary>
    /// The backends of one rule of an HTTPRoute: an omitted weight is 1, and a single backend of weight 0 gets nobody
    /// (docs/facts/gateway-api.md#backend-weights).
    /// </summary>
    public static Shares OfHttpRoute(Node backends, Reader read) =>
        Relative(backends, read, omitted: 1, static (read, weight) => read.Integer(weight));

    /// <summary>
    /// The backends of a TrafficSplit: whole numbers, or quantities such as <c>500m</c> (docs/facts/smi.md#traffic-split); an omitted one is 0.
    /// </summary>
    public static Shares OfTrafficSplit(Node backends, Reader read) =>
        Relative(backends, read, omitted: 0, static (read, weight) => read.Quantity(weight));

    /// <summary>Weight by sum for a single backend too; a negative weight, which no definition admits, counts as 0.</summary>
    private static Shares Relative(Node backends, Reader read, double omitted, Func<Reader, Node, double?> weightOf)
    {
        var list = new List<(Node Item, double? Weight, double Counts)>(backends.Count);
        var known = !backends.Exists || backends.IsArray;
        foreach (var item in read.Items(backends))
        {
            var backend = read.Map(item);
            var weight = weightOf(read, backend["weight"u8]);
            known &= backend.Exists && weight.HasValue == backend["weight"u8].Exists;
            list.Add((backend, weight, Math.Max(0, weight ?? omitted)));
        }
        var sum = list.Sum(b => b.Counts);
        var relative = list.Select(b => new Share(b.Item, Whole(b.Weight), sum == 0 ? 0 : 100 * b.Counts / sum));
        return new Shares([.. relative], sum < long.MaxValue ? (long)Math.Ceiling(sum) : long.MaxValue, known);
    }

    private static long? Whole(double? weight) => weight is { } value && value == Math.Floor(value) && Math.Abs(value) < 1e15 ? (long)value : null;

    private static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
}
