using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Traffic;

/// <summary>One destination of a route and the share of the route's users that it gets.</summary>
/// <param name="Destination">The item of the route's list.</param>
/// <param name="Weight">As written; null where it is omitted.</param>
/// <param name="Percent">0 to 100.</param>
public readonly record struct Share(Node Destination, long? Weight, double Percent);

/// <summary>A route's weights as shares of users: weight by the sum of the weights, which need not be 100 (facts 2.2).</summary>
public sealed class Shares
{
    private readonly Share[] shares;

    private Shares(Share[] shares, long sum, bool known) => (this.shares, Sum, IsKnown) = (shares, sum, known);

    /// <summary>In the order of the list.</summary>
    public IReadOnlyList<Share> Destinations => shares;

    public ReadOnlySpan<Share> Span => shares;

    /// <summary>Of the weights as Istio reads them.</summary>
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
            var destination = read.Map(new Node(item));
            var weight = read.Integer(destination["weight"u8]);
            known &= destination.Exists && weight.HasValue == destination["weight"u8].Exists;
            list[i++] = new Share(destination, weight, 0);
            sum = Add(sum, Math.Max(0, weight ?? 0));
        }
        for (i = 0; i < count; i++)
        {
            var percent = count == 1 ? 100 : sum == 0 ? 0 : 100.0 * Math.Max(0, list[i].Weight ?? 0) / sum;
            list[i] = list[i] with { Percent = percent };
        }
        return new Shares(list, sum, known);
    }

    private static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
}
