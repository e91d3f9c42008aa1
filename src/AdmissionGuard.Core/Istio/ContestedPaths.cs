using System.Buffers;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// Regexes that may take requests for an exact path behind them: both begin alike, and ask for the same besides (docs/facts/istio.md#route-order).
/// </summary>
internal static class ContestedPaths
{
    private static readonly SearchValues<char> RegexCharacters = SearchValues.Create(@".*+?|()[]{}\$");

    /// <summary>Each route with such a regex, with the first path.</summary>
    public static IReadOnlyDictionary<VirtualServiceRoute, string> Of(IReadOnlyList<VirtualServiceRoute> routes)
    {
        var contested = new Dictionary<VirtualServiceRoute, string>();
        var beginnings = new List<(string Literal, string Others, VirtualServiceRoute Route)>();
        foreach (var route in routes)
        {
            if (!route.IsHttp)
                continue;
            foreach (var item in beginnings.Count == 0 ? default : route.Match.Items)
            {
                var entry = item;
                if (entry["uri"u8]["exact"u8].Text is not { } path)
                    continue;
                var rest = RestOf(entry);
                foreach (var (literal, other, by) in beginnings)
                {
                    if (literal.Length > 1 && path.StartsWith(literal, StringComparison.Ordinal) && (other.Length == 0 || other == rest))
                        contested.TryAdd(by, path);
                }
            }
            foreach (var item in route.Match.Items)
            {
                var entry = item;
                if (entry["uri"u8]["regex"u8].Text is { } regex && !MatchSet.MatchesEveryPath(regex))
                    beginnings.Add((Literal(regex), RestOf(entry), route));
            }
        }
        return contested;
    }

    /// <summary>All other conditions, in one text.</summary>
    private static string RestOf(Node entry)
    {
        var fields = new List<string>();
        foreach (var field in entry.Entries)
        {
            if (!(field.NameIs("name"u8) || field.NameIs("statPrefix"u8) || field.NameIs("uri"u8)) && field.Value.Exists)
                fields.Add($"{field.Name}:{MatchSet.Write(field.Value)}");
        }
        fields.Sort(StringComparer.Ordinal);
        return string.Join(' ', fields);
    }

    /// <summary>What every match of a regex begins with, as far as that is plain to see.</summary>
    private static string Literal(string regex)
    {
        var text = regex.TrimStart('^');
        var end = text.AsSpan().IndexOfAny(RegexCharacters);
        if (end < 0)
            return text;
        if (text.Contains('|', StringComparison.Ordinal))
            return "";
        return end > 0 && text[end] is '*' or '?' or '{' ? text[..(end - 1)] : text[..end];
    }
}
