namespace AdmissionGuard.Core.Routing;

/// <summary>
/// A small set of requests in which every way that some rules can tell requests apart occurs: paths, and values of the properties that they ask for.
/// </summary>
internal static class RequestSamples
{
    /// <summary>Those that no user-chosen condition selects; null where there are more than <paramref name="most"/>.</summary>
    /// <param name="host">What the request is for.</param>
    /// <param name="matters">The paths to try; null for all.</param>
    public static IReadOnlyList<Request>? Of(IEnumerable<TableRule> rules, string host, int most, Predicate<string>? matters = null) =>
        Of(rules, host, most, chosen: false, matters);

    /// <summary>With those too that somebody must mean to send.</summary>
    public static IReadOnlyList<Request>? OfEverybody(IEnumerable<TableRule> rules, string host, int most) =>
        Of(rules, host, most, chosen: true, matters: null);

    private static List<Request>? Of(IEnumerable<TableRule> rules, string host, int most, bool chosen, Predicate<string>? matters)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal) { "/", "/any-other" };
        var values = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var match in rules.Select(r => r.Match).Distinct())
        {
            paths.UnionWith(match.Paths());
            foreach (var condition in match.Conditions)
            {
                if (condition.IsChosen && !chosen)
                    continue;
                if (!values.TryGetValue(condition.Property, out var known))
                    values[condition.Property] = known = Usual(condition.Property, host);
                known.UnionWith(condition.Samples());
            }
        }
        if (matters is not null)
            paths.RemoveWhere(p => !matters(p));
        long count = paths.Count;
        foreach (var list in values.Values)
        {
            count *= list.Count + 1;
            if (count > most)
                return null;
        }
        return count > most ? null : [.. paths.SelectMany(p => Combinations(values).Select(c => new Request(p, c)))];
    }

    private static List<Dictionary<string, string>> Combinations(SortedDictionary<string, HashSet<string>> values)
    {
        var combinations = new List<Dictionary<string, string>> { new(StringComparer.Ordinal) };
        foreach (var (property, list) in values)
        {
            var more = combinations.SelectMany(c => list.Select(v => new Dictionary<string, string>(c, StringComparer.Ordinal) { [property] = v }));
            // what not every request has may be missing
            combinations = Condition.IsOfEveryRequest(property) ? [.. more] : [.. combinations, .. more];
        }
        return combinations;
    }

    private static HashSet<string> Usual(string property, string host) =>
        property switch
        {
            ":method" => new(StringComparer.Ordinal) { "GET", "POST" },
            ":scheme" => new(StringComparer.Ordinal) { "http", "https" },
            ":authority" => new(StringComparer.Ordinal) { host },
            _ => new(StringComparer.Ordinal),
        };
}
