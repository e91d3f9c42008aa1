namespace AdmissionGuard.Core.Istio;

/// <summary>
/// Hosts of one list, each of which must not overlap with one before it, wildcards of either side included. As
/// comparing every pair of valid hosts, for the price of the labels of each.
/// </summary>
internal sealed class OverlappingHosts
{
    private readonly List<string> all = [];
    private readonly Dictionary<string, int> exact = new(StringComparer.Ordinal);

    /// <summary>By what follows the star.</summary>
    private readonly Dictionary<string, int> wildcards = new(StringComparer.Ordinal);

    /// <summary>The first host that ends so, for ends that begin with a dot; of the empty end the first of all.</summary>
    private readonly Dictionary<string, int> ends = new(StringComparer.Ordinal);

    /// <summary>The first host before it that overlaps with it; null where there is none.</summary>
    public string? Add(string host)
    {
        var first = int.MaxValue;
        var isWildcard = host.StartsWith('*');
        var text = isWildcard ? host[1..] : host;
        if (isWildcard)
            first = Math.Min(first, ends.GetValueOrDefault(text, int.MaxValue));
        else
            first = Math.Min(first, exact.GetValueOrDefault(text, int.MaxValue));
        foreach (var end in EndsOf(text))
        {
            first = Math.Min(first, wildcards.GetValueOrDefault(end, int.MaxValue));
            ends.TryAdd(end, all.Count);
        }
        (isWildcard ? wildcards : exact).TryAdd(text, all.Count);
        all.Add(host);
        return first < int.MaxValue ? all[first] : null;
    }

    private static IEnumerable<string> EndsOf(string text)
    {
        for (var dot = text.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = text.IndexOf('.', dot + 1))
            yield return text[dot..];
        yield return "";
    }
}
