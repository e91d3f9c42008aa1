using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Routing;

/// <summary>Reads entries of conditions, of VirtualServices and of HTTPRoutes.</summary>
internal static class RequestMatches
{
    /// <summary>An entry of a VirtualService (docs/facts/istio.md#match-conditions).</summary>
    /// <param name="namespace">Whose it is: it completes the names of gateways.</param>
    /// <param name="root">Of the route that delegates: what the entry itself does not say; absent where there is none.</param>
    public static RequestMatch OfIstio(Node entry, string @namespace, Node root = default)
    {
        if (entry.Exists && !entry.IsObject)
            return RequestMatch.Unreadable;
        List<Condition>? conditions = null;
        OfEveryRequest(Pick(entry, root, "method"u8), ":method", ref conditions);
        OfEveryRequest(Pick(entry, root, "authority"u8), ":authority", ref conditions);
        OfEveryRequest(Pick(entry, root, "scheme"u8), ":scheme", ref conditions);
        Named(Merged(entry["headers"u8], root["headers"u8]), Condition.OfHeader, ref conditions);
        Named(Merged(entry["withoutHeaders"u8], root["withoutHeaders"u8]), Condition.OfHeader, ref conditions, areNegated: true);
        Named(Merged(entry["queryParams"u8], root["queryParams"u8]), Condition.OfQuery, ref conditions);
        var written = Pick(entry, root, "uri"u8);
        var uri = TextMatch.Of(written);
        if (uri is null && written.Exists && (!written.IsObject || written.HasEntries))
            return RequestMatch.Unreadable;
        var ignoresCase = entry["ignoreUriCase"u8].Kind == System.Text.Json.JsonValueKind.True;
        return new RequestMatch(
            IsRoot(uri) ? null : uri,
            false,
            ignoresCase,
            conditions ?? (IReadOnlyList<Condition>)[],
            CallerOf(entry, @namespace, root)
        )
        {
            Name = NameOf(root["name"u8].Text, entry["name"u8].Text),
        };
    }

    /// <summary>
    /// An entry of an HTTPRoute (docs/facts/gateway-api.md#precedence); the definition writes <c>PathPrefix /</c> where no path is said.
    /// </summary>
    /// <param name="port">Of the parent, where it names one.</param>
    public static RequestMatch OfGatewayApi(Node entry, long? port)
    {
        var conditions = new List<Condition>();
        if (entry["method"u8].Text is { Length: > 0 } method)
            conditions.Add(new Condition(":method", new TextMatch(Comparison.Exact, method)));
        foreach (var (list, prefix) in (ReadOnlySpan<(string, string)>)[("headers", "header "), ("queryParams", "query ")])
            AddListed(conditions, entry[list], prefix);
        var caller = port is null ? null : new CallerMatch(port, null, [], []);
        return new RequestMatch(PathOf(entry["path"u8]), ByElement: true, false, conditions, caller);
    }

    private static void OfEveryRequest(Node match, string property, ref List<Condition>? conditions)
    {
        if (match.Exists)
            (conditions ??= []).Add(new Condition(property, Value(match)));
    }

    private static void Named(
        IEnumerable<(string Name, Node Value)> map,
        Func<string, string> property,
        ref List<Condition>? conditions,
        bool areNegated = false
    )
    {
        foreach (var (name, match) in map)
            (conditions ??= []).Add(new Condition(property(name), Value(match), areNegated));
    }

    /// <summary>The maps of both, the entry's own value first (virtualservice.go, mergeHTTPMatchRequest).</summary>
    private static IEnumerable<(string Name, Node Value)> Merged(Node own, Node root) =>
        own.Exists || root.Exists ? Both(own, root) : Enumerable.Empty<(string, Node)>();

    private static IEnumerable<(string Name, Node Value)> Both(Node own, Node root)
    {
        foreach (var item in own.Entries)
            yield return (item.Name, item.Value);
        foreach (var item in root.Entries)
        {
            if (own[item.Name].Kind == System.Text.Json.JsonValueKind.Undefined)
                yield return (item.Name, item.Value);
        }
    }

    private static string NameOf(string? root, string? own)
    {
        if (root is not { Length: > 0 })
            return own ?? "";
        return own is { Length: > 0 } ? $"{root}-{own}" : root;
    }

    private static Node Pick(Node entry, Node root, ReadOnlySpan<byte> field) => entry[field] is { Exists: true } own ? own : root[field];

    /// <summary>The regex <c>*</c> is none: Istio writes mere presence for it (route.go, canBeConvertedToPresentMatch).</summary>
    private static TextMatch? Value(Node match) =>
        TextMatch.Of(match) is { } found && found is not { How: Comparison.Regex, Value: "*" } ? found : null;

    private static bool IsRoot(TextMatch? uri) => uri is { How: Comparison.Prefix, Value: "/" };

    private static CallerMatch? CallerOf(Node entry, string @namespace, Node root)
    {
        var labels = LabelsOf(Merged(entry["sourceLabels"u8], root["sourceLabels"u8]));
        var listed = entry["gateways"u8].Count > 0 ? entry["gateways"u8] : root["gateways"u8];
        var gateways = listed.Count == 0 ? [] : Attachment.NamesIn(listed, @namespace);
        var source = Pick(entry, root, "sourceNamespace"u8).Text is { Length: > 0 } text ? text : null;
        var port = new Reader().Integer(Pick(entry, root, "port"u8)) is { } number and > 0 ? number : (long?)null;
        return port is null && source is null && labels.Length == 0 && gateways.Count == 0 ? null : new CallerMatch(port, source, labels, gateways);
    }

    private static KeyValuePair<string, Node>[] LabelsOf(IEnumerable<(string Name, Node Value)> labels)
    {
        List<KeyValuePair<string, Node>>? list = null;
        foreach (var (name, value) in labels)
            (list ??= []).Add(KeyValuePair.Create(name, value));
        return list is null ? [] : [.. list];
    }

    private static TextMatch? PathOf(Node path)
    {
        var value = path["value"u8].Text ?? "/";
        return path["type"u8].Text switch
        {
            "Exact" => new TextMatch(Comparison.Exact, value),
            "RegularExpression" => new TextMatch(Comparison.Regex, value),
            _ when value == "/" => null,
            _ => new TextMatch(Comparison.Prefix, value.EndsWith('/') ? value[..^1] : value),
        };
    }

    /// <summary>Of several with one name the first counts (httproute_types.go, HTTPHeaderMatch).</summary>
    private static void AddListed(List<Condition> conditions, Node list, string prefix)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.Items)
        {
            var name = item["name"u8].Text ?? "";
            var property = prefix == "header " ? Condition.OfHeader(name) : prefix + name;
            var how = item["type"u8].IsText("RegularExpression"u8) ? Comparison.Regex : Comparison.Exact;
            if (known.Add(property))
                conditions.Add(new Condition(property, new TextMatch(how, item["value"u8].Text ?? "")));
        }
    }
}
