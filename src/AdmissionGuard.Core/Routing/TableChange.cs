namespace AdmissionGuard.Core.Routing;

/// <summary>
/// What becomes of requests when one table follows another: the requests that no user-chosen condition selects, one for each way in which the
/// conditions of both tables can differ.
/// </summary>
internal sealed class TableChange
{
    /// <summary>More requests are not tried.</summary>
    public const int MostRequests = 2000;

    public TableChange(RequestTable before, RequestTable after)
    {
        var changed = Changed(before.Rules, after.Rules);
        if (changed.Count == 0)
            return;
        var requests = Requests(before.Rules.Concat(after.Rules));
        IsKnown = requests is not null;
        foreach (var request in requests ?? [])
        {
            if (!changed.Exists(r => r.Takes(request)))
                continue;
            if (
                before.TakerOf(request) is { } was
                && after.TakerOf(request) is { } now
                && !was.Route.Destinations.Raw.SequenceEqual(now.Route.Destinations.Raw)
            )
                moved.Add((request, was, now));
        }
    }

    private readonly List<(Request Request, TableRule Was, TableRule Now)> moved = [];

    /// <summary>False where there are more than <see cref="MostRequests"/>.</summary>
    public bool IsKnown { get; } = true;

    /// <summary>Each request that was served and goes by other destinations now.</summary>
    public IReadOnlyList<(Request Request, TableRule Was, TableRule Now)> Moved => moved;

    /// <summary>What is left of both lists without their common beginning and end: no other rule can take a request from another.</summary>
    private static List<TableRule> Changed(IReadOnlyList<TableRule> old, IReadOnlyList<TableRule> @new)
    {
        var least = Math.Min(old.Count, @new.Count);
        var start = 0;
        while (start < least && old[start].IsSameAs(@new[start]))
            start++;
        var end = 0;
        while (end < least - start && old[old.Count - 1 - end].IsSameAs(@new[@new.Count - 1 - end]))
            end++;
        return [.. old.Skip(start).SkipLast(end), .. @new.Skip(start).SkipLast(end)];
    }

    private static List<Request>? Requests(IEnumerable<TableRule> rules)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal) { "/", "/any-other" };
        var values = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var match in rules.SelectMany(r => r.Matches))
        {
            paths.UnionWith(match.Paths());
            foreach (var condition in match.Conditions)
            {
                if (condition.IsChosen)
                    continue;
                if (!values.TryGetValue(condition.Property, out var known))
                    values[condition.Property] = known = new HashSet<string>(StringComparer.Ordinal);
                known.UnionWith(condition.Samples());
            }
        }
        if (values.TryGetValue(":method", out var methods))
            methods.UnionWith(["GET", "POST"]);
        long count = paths.Count;
        foreach (var list in values.Values)
        {
            count *= list.Count + 1;
            if (count > MostRequests)
                return null;
        }
        if (count > MostRequests)
            return null;
        var combinations = new List<Dictionary<string, string>> { new(StringComparer.Ordinal) };
        foreach (var (property, list) in values)
        {
            var more = combinations.SelectMany(c => list.Select(v => new Dictionary<string, string>(c, StringComparer.Ordinal) { [property] = v }));
            // Every request has a method; anything else may be missing.
            combinations = property == ":method" ? [.. more] : [.. combinations, .. more];
        }
        return [.. paths.SelectMany(p => combinations.Select(c => new Request(p, c)))];
    }
}
