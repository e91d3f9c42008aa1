namespace AdmissionGuard.Core.Routing;

/// <summary>
/// Whether an entry of a table gets any request, found by trying: requests that it takes are built from its own conditions, and from those of the
/// entries before it. Where nothing is found it is dead; where there is too much to try, it is taken to be alive.
/// </summary>
internal static class RuleReach
{
    /// <summary>Tried for one entry.</summary>
    private const int MostRequests = 2000;

    private static readonly string[] UsualPaths = ["/", "/any-other"];

    /// <summary>Null where some request gets there; else who takes its requests: itself where no request can fulfil its conditions.</summary>
    public static TableRule? TakerOfAll(RequestTable table, int index)
    {
        var rule = table.Rules[index];
        if (TakesItsOwnPath(table, rule))
            return null;
        if (IsContradiction(rule.Match))
            return rule;
        var paths = PathsOf(rule.Match);
        if (paths.Count == 0)
            return null;
        if (Fulfilled(rule.Match) is not { } values)
            return IsCertain(rule.Match) ? rule : null;
        TableRule? first = null;
        foreach (var path in paths)
        {
            var by = table.TakerOf(new Request(path, values));
            if (by == rule)
                return null;
            first ??= by;
        }
        if (first is null || Covers(first.Match, rule.Match))
            return first;
        return Tried(table, index, paths) ? null : first;
    }

    /// <summary>What most do: the path that is written gets there.</summary>
    private static bool TakesItsOwnPath(RequestTable table, TableRule rule) =>
        rule.Match is { Conditions.Count: 0, Path: { How: not Comparison.Regex, Value: ['/', ..] } path }
        && table.TakerOf(new Request(path.Value, Request.NoValues)) == rule;

    /// <summary>Whether one takes all that another takes: told only where it is plain.</summary>
    private static bool Covers(RequestMatch wide, RequestMatch narrow) =>
        wide.Conditions.Count == 0
        && (
            wide.TakesAll
            || (
                !narrow.IgnoresCase
                && wide.Path is { How: Comparison.Prefix } prefix
                && narrow.Path is { } path
                && path.How != Comparison.Regex
                && wide.TakesPath(path.Value)
                && (wide.ByElement == narrow.ByElement || prefix.Value.Length == 0)
            )
        );

    /// <summary>Whether some request gets there, or there are too many to tell.</summary>
    private static bool Tried(RequestTable table, int index, List<string> paths)
    {
        var rule = table.Rules[index];
        var properties = new SortedDictionary<string, HashSet<string?>>(StringComparer.Ordinal);
        var all = new HashSet<string>(paths, StringComparer.Ordinal);
        for (var i = 0; i <= index; i++)
        {
            all.UnionWith(table.Rules[i].Match.Paths().Where(rule.Match.TakesPath));
            foreach (var condition in table.Rules[i].Match.Conditions)
            {
                if (!properties.TryGetValue(condition.Property, out var known))
                    properties[condition.Property] = known = Others(condition.Property);
                known.UnionWith(condition.Samples());
            }
        }
        var combinations = new List<Dictionary<string, string>> { new(StringComparer.Ordinal) };
        foreach (var (property, values) in properties)
        {
            var fitting = values.Where(v => Fits(rule.Match, property, v)).ToList();
            if ((long)combinations.Count * fitting.Count * all.Count > MostRequests)
                return true;
            combinations = [.. combinations.SelectMany(c => fitting.Select(v => With(c, property, v)))];
        }
        return all.Any(p => combinations.Exists(c => table.TakerOf(new Request(p, c)) == rule));
    }

    /// <summary>Whether a value must be one that it must not be.</summary>
    private static bool IsContradiction(RequestMatch match)
    {
        var demanded = match
            .Conditions.Where(c => c is { IsNegated: false, Match: not null })
            .Select(c => (c.Property, c.Match!.How, c.Match.Value))
            .ToHashSet();
        return match.Conditions.Any(c => c is { IsNegated: true, Match: { } no } && demanded.Contains((c.Property, no.How, no.Value)));
    }

    private static Dictionary<string, string> With(Dictionary<string, string> values, string property, string? value) =>
        value is null ? values : new Dictionary<string, string>(values, StringComparer.Ordinal) { [property] = value };

    private static List<string> PathsOf(RequestMatch match) =>
        match.Path is null ? [.. UsualPaths] : [.. match.Paths().Concat(UsualPaths).Where(match.TakesPath)];

    /// <summary>Values that fulfil all of an entry's conditions; null where none was found.</summary>
    private static Dictionary<string, string>? Fulfilled(RequestMatch match)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var conditions in match.Conditions.GroupBy(c => c.Property, StringComparer.Ordinal))
        {
            var found = false;
            foreach (var value in conditions.SelectMany(c => c.Samples()).Concat(Others(conditions.Key)))
            {
                if (!conditions.All(c => c.Fits(value)))
                    continue;
                if (value is not null)
                    values[conditions.Key] = value;
                found = true;
                break;
            }
            if (!found)
                return null;
        }
        return values;
    }

    private static bool Fits(RequestMatch match, string property, string? value) =>
        match.Conditions.All(c => c.Property != property || c.Fits(value));

    /// <summary>Whether it was no regex for which no sample was found.</summary>
    private static bool IsCertain(RequestMatch match) =>
        match.Conditions.All(c => c.IsNegated ? c.Match?.Fits("") != false : c.Match is null || c.Match.How != Comparison.Regex || c.Samples().Any());

    /// <summary>Values that conditions hardly name; what not every request has may be missing.</summary>
    private static HashSet<string?> Others(string property) =>
        property switch
        {
            ":method" => ["GET", "POST", "PATCH"],
            ":scheme" => ["http", "https"],
            ":authority" => ["any-other.example"],
            _ => [null, "any-other", ""],
        };
}
