using System.Text.Json.Nodes;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// A part of <c>spec.service</c> as it comes out of Flagger's Go types: fields that they or the definition do not know are gone, and so are values
/// that are zero, apart from those that a type keeps (flagger pkg/apis/istio/v1beta1; docs/facts/flagger.md#generated-objects).
/// </summary>
internal static class GoFields
{
    /// <summary>Go maps, from spec.service; everything else with keys is a struct. <c>*</c> is each item.</summary>
    private static readonly HashSet<string> Maps = new(StringComparer.Ordinal)
    {
        "match/*/headers",
        "match/*/queryParams",
        "match/*/sourceLabels",
        "match/*/withoutHeaders",
        "headers/request/set",
        "headers/request/add",
        "headers/response/set",
        "headers/response/add",
        "trafficPolicy/loadBalancer/localityLbSetting/distribute/*/to",
    };

    /// <summary>Pointers: a zero that is written is kept.</summary>
    private static readonly HashSet<string> Pointers = new(StringComparer.Ordinal)
    {
        "trafficPolicy/outlierDetection/consecutiveGatewayErrors",
        "trafficPolicy/outlierDetection/consecutive5xxErrors",
        "trafficPolicy/outlierDetection/consecutiveLocalOriginFailures",
    };

    /// <summary>Fields that are always written.</summary>
    private static readonly (string Path, string Field, bool IsNumber)[] Always =
    [
        ("retries", "attempts", true),
        ("trafficPolicy/tls", "mode", false),
        ("trafficPolicy/loadBalancer/consistentHash/httpCookie", "name", false),
        ("trafficPolicy/loadBalancer/consistentHash/httpCookie", "ttl", false),
    ];

    /// <summary>The value at a path below spec.service; null where Flagger writes none.</summary>
    public static JsonNode? Copy(Node value, string path)
    {
        if (!value.Exists || DroppedFields.Drops(path))
            return null;
        if (value.IsArray)
            return Items(value, path);
        return value.IsObject ? Entries(value, path) : JsonNode.Parse(value.Raw);
    }

    private static JsonArray? Items(Node list, string path)
    {
        var items = new JsonArray();
        foreach (var item in list.Items)
            items.Add(Copy(item, path + "/*"));
        return items.Count == 0 ? null : items;
    }

    private static JsonObject? Entries(Node map, string path)
    {
        var isMap = Maps.Contains(path);
        var entries = new JsonObject();
        foreach (var (key, field, isNumber) in Always)
        {
            if (key == path && !map[field].Exists)
                entries[field] = isNumber ? JsonValue.Create(0) : JsonValue.Create("");
        }
        foreach (var entry in map.Entries)
        {
            var value = entry.Value;
            var at = isMap ? path + "/*" : $"{path}/{entry.Name}";
            if (isMap || Pointers.Contains(at) || !IsZero(value) || Array.Exists(Always, a => a.Path == path && a.Field == entry.Name))
            {
                if (Copy(value, at) is { } copy)
                    entries[entry.Name] = copy;
            }
        }
        return isMap && entries.Count == 0 ? null : entries;
    }

    private static bool IsZero(Node value) =>
        value.Kind switch
        {
            System.Text.Json.JsonValueKind.False => true,
            System.Text.Json.JsonValueKind.String => value.IsText(""u8),
            System.Text.Json.JsonValueKind.Number => value.TryGetDouble(out var number) && number == 0,
            _ => !value.Exists,
        };
}
