namespace AdmissionGuard.Core.Routing;

/// <summary>Finds the first entry that takes a request without trying those for other paths.</summary>
internal sealed class RuleIndex
{
    /// <summary>Longer prefixes are tried one by one.</summary>
    private const int LongestPrefix = 256;

    private readonly IReadOnlyList<TableRule> rules;
    private readonly Dictionary<string, List<int>> exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> prefixes = new(StringComparer.Ordinal);
    private readonly SortedSet<int> lengths = [];

    /// <summary>Regexes, and what every path may take.</summary>
    private readonly List<int> others = [];

    public RuleIndex(IReadOnlyList<TableRule> rules)
    {
        this.rules = rules;
        for (var i = 0; i < rules.Count; i++)
        {
            var match = rules[i].Match;
            if (match.IgnoresCase || match.Path is not { } path || path.How == Comparison.Regex || path.Value.Length > LongestPrefix)
                others.Add(i);
            else if (path.How == Comparison.Exact)
                Add(exact, path.Value, i);
            else if (Add(prefixes, path.Value, i))
                lengths.Add(path.Value.Length);
        }
    }

    public TableRule? TakerOf(Request request)
    {
        var first = FirstOf(others, request, rules.Count);
        if (exact.TryGetValue(request.Path, out var equal))
            first = FirstOf(equal, request, first);
        var lookup = prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var length in lengths)
        {
            if (length > request.Path.Length)
                break;
            if (lookup.TryGetValue(request.Path.AsSpan(0, length), out var found))
                first = FirstOf(found, request, first);
        }
        return first < rules.Count ? rules[first] : null;
    }

    /// <summary>The first of these that takes it and stands before another.</summary>
    private int FirstOf(List<int> candidates, Request request, int before)
    {
        foreach (var i in candidates)
        {
            if (i >= before)
                break;
            if (rules[i].Match.Takes(request))
                return i;
        }
        return before;
    }

    private static bool Add(Dictionary<string, List<int>> to, string path, int rule)
    {
        if (to.TryGetValue(path, out var known))
        {
            known.Add(rule);
            return false;
        }
        to[path] = [rule];
        return true;
    }
}
