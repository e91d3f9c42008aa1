using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Traffic;

/// <summary>A route's destinations with other weights, to be pasted.</summary>
internal static class WeightsYaml
{
    private const int Shows = 8;

    /// <summary>Null where there are so many that nobody would paste them.</summary>
    public static string? Of(SplitRoute route, IReadOnlyList<(Node Item, int Weight)> destinations)
    {
        if (destinations.Count > Shows)
            return null;
        var yaml = new StringBuilder(route.ListName).Append(':');
        foreach (var (item, weight) in destinations)
        {
            var dash = "- ";
            foreach (var line in route.LinesOf(item))
            {
                yaml.Append('\n').Append(dash).Append(line);
                dash = "  ";
            }
            yaml.Append("\n  weight: ").Append(weight.ToString(CultureInfo.InvariantCulture));
            if (route.KeptOf(item) is { } kept)
                yaml.Append("   # and its ").Append(kept).Append(" as before");
        }
        return yaml.ToString();
    }

    /// <summary>
    /// The shares as they are, as whole weights of sum 100: what is lost by rounding goes to the largest. Whoever gets some users gets at least 1.
    /// </summary>
    public static IReadOnlyList<(Node Item, int Weight)> OfHundred(Shares shares)
    {
        var whole = shares.Destinations.Select(s => (Item: s.Destination, Weight: Least(s.Percent))).ToArray();
        var largest = 0;
        for (var i = 1; i < whole.Length; i++)
        {
            if (whole[i].Weight > whole[largest].Weight)
                largest = i;
        }
        whole[largest].Weight += 100 - whole.Sum(w => w.Weight);
        return whole;
    }

    private static int Least(double percent) => percent > 0 ? Math.Max(1, (int)Math.Floor(percent + 1e-6)) : 0;
}
