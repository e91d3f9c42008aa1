using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Routing;

/// <summary>Reads entries of conditions, of VirtualServices and of HTTPRoutes.</summary>
internal static class RequestMatches
{
    private static readonly string[] OfEveryRequest = ["method", "authority", "scheme"];
    private static readonly string[] Maps = ["headers", "withoutHeaders", "queryParams"];

    /// <summary>An entry of a VirtualService (docs/facts/istio.md#match-conditions).</summary>
    /// <param name="namespace">Whose it is: it completes the names of gateways.</param>
    /// <param name="root">Of the route that delegates: what the entry itself does not say; absent where there is none.</param>
    public static RequestMatch OfIstio(Node entry, string @namespace, Node root = default)
    {
        if (entry.Exists && !entry.IsObject)
            return RequestMatch.Unreadable;
        var conditions = new List<Condition>();
        foreach (var field in OfEveryRequest)
        {
            if (Pick(entry, root, field) is { Exists: true } match)
                conditions.Add(new Condition(":" + field, Value(match)));
        }
        foreach (var map in Maps)
        {
            foreach (var (name, match) in Merged(entry[map], root[map]))
            {
                var property = map == "queryParams" ? "query " + name : Condition.OfHeader(name);
                conditions.Add(new Condition(property, Value(match), IsNegated: map == "withoutHeaders"));
            }
        }
        var written = Pick(entry, root, "uri");
        var uri = TextMatch.Of(written);
        if (uri is null && written.Exists && (!written.IsObject || written.Entries.Any()))
            return RequestMatch.Unreadable;
        var ignoresCase = entry["ignoreUriCase"u8].Kind == System.Text.Json.JsonValueKind.True;
        return new RequestMatch(IsRoot(uri) ? null : uri, false, ignoresCase, conditions, CallerOf(entry, @namespace, root))
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

    /// <summary>The maps of both, the entry's own value first (virtualservice.go, mergeHTTPMatchRequest).</summary>
    private static IEnumerable<(string Name, Node Value)> Merged(Node own, Node root)
    {
        foreach (var item in own.Entries)
            yield return (item.Name, new Node(item.Value));
        foreach (var item in root.Entries)
        {
            if (own.Kind != System.Text.Json.JsonValueKind.Object || !own.Element.TryGetProperty(item.Name, out _))
                yield return (item.Name, new Node(item.Value));
        }
    }

    private static string NameOf(string? root, string? own)
    {
        if (root is not { Length: > 0 })
            return own ?? "";
        return own is { Length: > 0 } ? $"{root}-{own}" : root;
    }

    private static Node Pick(Node entry, Node root, string field) => entry[field].Exists ? entry[field] : root[field];

    /// <summary>The regex <c>*</c> is none: Istio writes mere presence for it (route.go, canBeConvertedToPresentMatch).</summary>
    private static TextMatch? Value(Node match) =>
        TextMatch.Of(match) is { } found && found is not { How: Comparison.Regex, Value: "*" } ? found : null;

    private static bool IsRoot(TextMatch? uri) => uri is { How: Comparison.Prefix, Value: "/" };

    private static CallerMatch? CallerOf(Node entry, string @namespace, Node root)
    {
        var labels = Merged(entry["sourceLabels"u8], root["sourceLabels"u8]).Select(l => KeyValuePair.Create(l.Name, l.Value)).ToList();
        var listed = entry["gateways"u8].Count > 0 ? entry["gateways"u8] : root["gateways"u8];
        var gateways = listed.Count == 0 ? [] : Attachment.NamesIn(listed, @namespace);
        var source = Pick(entry, root, "sourceNamespace").Text is { Length: > 0 } text ? text : null;
        var port = new Reader().Integer(Pick(entry, root, "port")) is { } number and > 0 ? number : (long?)null;
        return port is null && source is null && labels.Count == 0 && gateways.Count == 0 ? null : new CallerMatch(port, source, labels, gateways);
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
