using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Routing;

/// <summary>One entry of a route's conditions: all of them must hold.</summary>
/// <param name="Path">Of the path; null where every path will do.</param>
/// <param name="ByElement">The prefix ends at an element, as the Gateway API has it: <c>/a</c> is not <c>/ab</c>.</param>
internal sealed record RequestMatch((Comparison How, string Value)? Path, bool ByElement, bool IgnoresCase, IReadOnlyList<Condition> Conditions)
{
    public static RequestMatch All { get; } = new(null, false, false, []);

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

    /// <summary>Paths by which requests differ as to this entry.</summary>
    public IEnumerable<string> Paths()
    {
        if (Path is not { } path)
            return [];
        if (path.How == Comparison.Regex)
            return new[] { Condition.Written(path.Value), "/", "/x", "/x/y" }.Where(p => Condition.IsRegex(path.Value, p)).Take(2);
        if (path.How == Comparison.Exact)
            return [path.Value];
        var stem = path.Value.TrimEnd('/');
        return path.Value.Length == 0 ? [] : [path.Value, stem + "/x", stem.Length == 0 ? "/x" : stem + "x"];
    }

    /// <summary>An entry of a VirtualService (docs/facts/istio.md#match-conditions).</summary>
    public static RequestMatch OfIstio(Node entry, string @namespace)
    {
        var conditions = new List<Condition>();
        foreach (var field in (string[])["method", "authority", "scheme"])
        {
            if (Condition.Of(entry[field]) is { } match)
                conditions.Add(new Condition(":" + field, match.How, [match.Value]));
        }
        foreach (var header in entry["headers"u8].Entries)
            conditions.Add(Named("header " + header.Name.ToLowerInvariant(), new Node(header.Value), false));
        foreach (var header in entry["withoutHeaders"u8].Entries)
            conditions.Add(Named("header " + header.Name.ToLowerInvariant(), new Node(header.Value), true));
        foreach (var query in entry["queryParams"u8].Entries)
            conditions.Add(Named("query " + query.Name, new Node(query.Value), false));
        if (entry["port"u8].Exists)
            conditions.Add(new Condition("caller port", Comparison.Exact, [entry["port"u8].ToString()]));
        if (entry["sourceNamespace"u8].Text is { Length: > 0 } source)
            conditions.Add(new Condition("caller namespace", Comparison.Exact, [source]));
        foreach (var label in entry["sourceLabels"u8].Entries)
            conditions.Add(new Condition("caller label " + label.Name, Comparison.Exact, [new Node(label.Value).Text ?? ""]));
        if (entry["gateways"u8].Count > 0)
        {
            var names = entry["gateways"u8].Items.Select(g => g.Text ?? "").Select(g => g == "mesh" || g.Contains('/') ? g : $"{@namespace}/{g}");
            conditions.Add(new Condition("caller gateway", Comparison.Exact, [.. names]));
        }
        var ignoresCase = entry["ignoreUriCase"u8].Kind == System.Text.Json.JsonValueKind.True;
        return new RequestMatch(Condition.Of(entry["uri"u8]), false, ignoresCase, conditions);
    }

    /// <summary>An entry of an HTTPRoute (docs/facts/gateway-api.md#backend-weights).</summary>
    public static RequestMatch OfGatewayApi(Node entry)
    {
        var conditions = new List<Condition>();
        if (entry["method"u8].Text is { Length: > 0 } method)
            conditions.Add(new Condition(":method", Comparison.Exact, [method]));
        foreach (var item in entry["headers"u8].Items)
            conditions.Add(Listed("header " + (item["name"u8].Text ?? "").ToLowerInvariant(), item));
        foreach (var item in entry["queryParams"u8].Items)
            conditions.Add(Listed("query " + item["name"u8].Text, item));
        var path = entry["path"u8];
        var value = path["value"u8].Text ?? "/";
        return path["type"u8].Text switch
        {
            "Exact" => new RequestMatch((Comparison.Exact, value), false, false, conditions),
            "RegularExpression" => new RequestMatch((Comparison.Regex, value), false, false, conditions),
            _ when value == "/" => new RequestMatch(null, true, false, conditions),
            _ => new RequestMatch((Comparison.Prefix, value.TrimEnd('/')), true, false, conditions),
        };
    }

    private bool TakesPath(string path)
    {
        if (Path is not { } wanted)
            return true;
        var comparison = IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (wanted.How == Comparison.Regex)
            return Condition.IsRegex(wanted.Value, path);
        if (wanted.How == Comparison.Exact)
            return string.Equals(path, wanted.Value, comparison);
        return path.StartsWith(wanted.Value, comparison) && (!ByElement || path.Length == wanted.Value.Length || path[wanted.Value.Length] == '/');
    }

    private static Condition Named(string property, Node match, bool isNegated) =>
        Condition.Of(match) is { } found
            ? new Condition(property, found.How, [found.Value], isNegated)
            : new Condition(property, Comparison.Present, [], isNegated);

    private static Condition Listed(string property, Node item) =>
        new(property, item["type"u8].IsText("RegularExpression"u8) ? Comparison.Regex : Comparison.Exact, [item["value"u8].Text ?? ""]);
}
