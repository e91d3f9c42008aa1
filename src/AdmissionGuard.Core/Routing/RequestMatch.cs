namespace AdmissionGuard.Core.Routing;

/// <summary>One entry of a route's conditions: all of them must hold.</summary>
/// <param name="Path">Null where every path will do.</param>
/// <param name="ByElement">A prefix ends at an element, as the Gateway API has it: <c>/a</c> is not <c>/ab</c>.</param>
/// <param name="Caller">Null where every proxy has it.</param>
internal sealed record RequestMatch(TextMatch? Path, bool ByElement, bool IgnoresCase, IReadOnlyList<Condition> Conditions, CallerMatch? Caller)
{
    public static RequestMatch All { get; } = new(null, false, false, [], null);

    /// <summary>What has the wrong type: nobody can tell what it takes, and Istio refuses it.</summary>
    public static RequestMatch Unreadable { get; } = All with { Path = new TextMatch(Comparison.Exact, "") };

    /// <summary>The entry's own <c>name</c>; empty where it has none.</summary>
    public string Name { get; init; } = "";

    /// <summary>
    /// As Istio sees it: behind one, it writes no more routes of the object, and at a gateway it moves it to the end
    /// (pilot/pkg/networking/core/route/route.go, IsCatchAllRoute).
    /// </summary>
    /// <summary>Whether it compares anything with a regular expression, which costs many times what other conditions do.</summary>
    public bool HasRegex => Path is { How: Comparison.Regex } || Conditions.Any(c => c.Match is { How: Comparison.Regex });

    public bool IsCatchAll => Conditions.Count == 0 && (Path is null || Path is { How: Comparison.Regex, Value: ".*" });

    /// <summary>Whether no request is left to those behind it.</summary>
    public bool TakesAll => Conditions.Count == 0 && (Path is null || Path.IsEveryPath || Path is { How: Comparison.Prefix, Value: "" or "/" });

    /// <summary>Whether some user must choose it.</summary>
    public bool IsChosen => Conditions.Any(c => c.IsChosen);

    /// <summary>Whether it takes some of the users, and nobody can tell how many.</summary>
    public bool IsVague => Conditions.Any(c => c.IsVague);

    public bool Takes(Request request)
    {
        if (!TakesPath(request.Path))
            return false;
        foreach (var condition in Conditions)
        {
            if (!condition.Fits(request.ValueOf(condition.Property)))
                return false;
        }
        return true;
    }

    /// <summary>The first condition that a request does not fulfil, in words; null where it fulfils all.</summary>
    public string? WhyNot(Request request)
    {
        if (!TakesPath(request.Path))
            return $"its path is not {How(Path!)}";
        foreach (var condition in Conditions)
        {
            var value = request.ValueOf(condition.Property);
            if (condition.Fits(value))
                continue;
            var wanted = condition.Match is null ? "there" : How(condition.Match);
            var has = value is null ? "is missing" : $"is {Json.Shown.Quote(Json.Shown.Clip(value, 60))}";
            return $"{condition.Property} {has}, and must {(condition.IsNegated ? "not be" : "be")} {wanted}";
        }
        return null;
    }

    public bool TakesPath(string path)
    {
        if (Path is not { } wanted)
            return true;
        if (!wanted.Fits(path, IgnoresCase))
            return false;
        return !ByElement || wanted.How != Comparison.Prefix || path.Length == wanted.Value.Length || path[wanted.Value.Length] == '/';
    }

    private static string How(TextMatch match)
    {
        var text = Json.Shown.Quote(Json.Shown.Clip(match.Value, 60));
        return match.How switch
        {
            Comparison.Prefix => $"under {text}",
            Comparison.Regex => $"a match of {text}",
            _ => text,
        };
    }

    /// <summary>Paths by which requests differ as to this entry: such that it takes, and neighbours that it leaves.</summary>
    public IEnumerable<string> Paths()
    {
        if (Path is not { } path)
            return [];
        if (path.How == Comparison.Regex)
            return path.Paths();
        if (path.How == Comparison.Exact)
            return path.Value.StartsWith('/') ? InCases(path.Value) : [];
        var stem = path.Value.TrimEnd('/');
        var whole = stem.Length == 0 ? "/" : stem;
        return path.Value.StartsWith('/') ? [.. InCases(whole), stem + "/x", stem + "x"] : [];
    }

    /// <summary>Where case is ignored, in capitals too: another entry may tell them apart.</summary>
    private IEnumerable<string> InCases(string path) => IgnoresCase ? [path, path.ToUpperInvariant()] : [path];
}
