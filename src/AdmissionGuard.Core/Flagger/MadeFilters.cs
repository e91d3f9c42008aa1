using System.Text.Json.Nodes;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>The filters of a Canary's HTTPRoute (flagger pkg/router/gateway_api.go, makeFilters).</summary>
internal static class MadeFilters
{
    public static JsonArray Of(Node service)
    {
        var filters = new JsonArray();
        foreach (var (from, type) in ((string, string)[])[("request", "RequestHeaderModifier"), ("response", "ResponseHeaderModifier")])
        {
            if (service["headers"u8][from] is { IsObject: true } headers)
                Add(filters, type, Headers(headers));
        }
        if (service["rewrite"u8] is { IsObject: true } rewrite)
            Add(filters, "URLRewrite", Rewrite(rewrite));
        foreach (var item in service["mirror"u8].Items)
            Add(filters, "RequestMirror", new JsonObject { ["backendRef"] = Backend(item["backendRef"u8]) });
        if (service["corsPolicy"u8] is { IsObject: true } cors)
            Add(filters, "CORS", Cors(cors));
        return filters;
    }

    private static void Add(JsonArray filters, string type, JsonObject content)
    {
        var key = type == "CORS" ? "cors" : char.ToLowerInvariant(type[0]) + type[1..];
        filters.Add((JsonNode)new JsonObject { ["type"] = type, [type == "URLRewrite" ? "urlRewrite" : key] = content });
    }

    private static JsonObject Headers(Node headers)
    {
        var filter = new JsonObject();
        foreach (var field in (string[])["add", "set"])
        {
            List<(string Name, string Value)> sorted = [];
            foreach (var entry in headers[field].Entries)
                sorted.Add((entry.Name, entry.Value.Text ?? ""));
            if (sorted.Count == 0)
                continue;
            sorted.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            var items = new JsonArray();
            foreach (var (name, value) in sorted)
                items.Add((JsonNode)new JsonObject { ["name"] = name, ["value"] = value });
            filter[field] = items;
        }
        if (headers["remove"u8].Count > 0)
            filter["remove"] = JsonNode.Parse(headers["remove"u8].Raw);
        return filter;
    }

    private static JsonObject Rewrite(Node rewrite)
    {
        var filter = new JsonObject();
        if (rewrite["authority"u8].Text is { Length: > 0 } authority)
            filter["hostname"] = authority;
        if (rewrite["uri"u8].Text is not { Length: > 0 } uri)
            return filter;
        var isPrefix = rewrite["type"u8].IsText("ReplacePrefixMatch"u8);
        filter["path"] = new JsonObject
        {
            ["type"] = isPrefix ? "ReplacePrefixMatch" : "ReplaceFullPath",
            [isPrefix ? "replacePrefixMatch" : "replaceFullPath"] = uri,
        };
        return filter;
    }

    /// <summary>With the defaults of the definition.</summary>
    private static JsonObject Backend(Node reference)
    {
        var backend = new JsonObject { ["group"] = reference["group"u8].Text ?? "", ["kind"] = reference["kind"u8].Text ?? "Service" };
        foreach (var field in (string[])["namespace", "name", "port"])
        {
            if (reference[field].Exists)
                backend[field] = JsonNode.Parse(reference[field].Raw);
        }
        return backend;
    }

    /// <summary>Origins with patterns, <c>allowOrigins</c>, are left out.</summary>
    private static JsonObject Cors(Node policy)
    {
        var cors = new JsonObject();
        if (policy["allowOrigin"u8].Count > 0)
            cors["allowOrigins"] = JsonNode.Parse(policy["allowOrigin"u8].Raw);
        foreach (var field in (string[])["allowMethods", "allowHeaders", "exposeHeaders"])
        {
            if (policy[field].Count > 0)
                cors[field] = JsonNode.Parse(policy[field].Raw);
        }
        if (policy["allowCredentials"u8].Kind == System.Text.Json.JsonValueKind.True)
            cors["allowCredentials"] = true;
        if (policy["maxAge"u8].Text is { } text && Durations.TryParse(text, out var age) && (int)age.TotalSeconds != 0)
            cors["maxAge"] = (int)age.TotalSeconds;
        return cors;
    }
}
