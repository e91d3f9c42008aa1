using System.Text.Json.Nodes;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>The VirtualService of a Canary (flagger pkg/router/istio.go, reconcileVirtualService).</summary>
internal static class MadeVirtualService
{
    private static readonly string[] Copied = ["timeout", "retries", "corsPolicy", "headers"];

    public static (JsonObject Spec, IReadOnlyList<Origin> Origins) Of(CanaryAnalysis analysis, string apex)
    {
        var service = analysis.Spec["service"u8];
        var isDelegate = service["delegation"u8].Kind == System.Text.Json.JsonValueKind.True;
        var spec = new JsonObject { ["hosts"] = isDelegate ? [] : Hosts(service, apex) };
        if (!isDelegate)
            spec["gateways"] = service["gateways"u8].Count > 0 ? JsonNode.Parse(service["gateways"u8].Raw) : new JsonArray("mesh");
        var origins = new List<Origin> { new("/spec/hosts", "/spec/service/hosts"), new("/spec/gateways", "/spec/service/gateways") };
        var both = new JsonArray(To(service, apex + "-primary", 100), To(service, apex + "-canary", 0));
        if (analysis.Router.IsTcp)
        {
            var route = new JsonObject();
            Set(route, "match", Ports(service["match"u8]));
            route["route"] = both;
            spec["tcp"] = new JsonArray(route);
            origins.Add(new Origin("/spec/tcp/0/match", "/spec/service/match"));
            return (spec, origins);
        }
        var match = analysis.Node["match"u8];
        var routes = new JsonArray(Route(service, match.Count > 0 ? Merged(match, service["match"u8]) : Matches(service["match"u8]), both));
        Map(origins, 0, match.Count > 0 ? new Origin("", $"/spec/{analysis.Key}/match", service["match"u8].Count > 0) : null);
        if (match.Count > 0)
        {
            routes.Add((JsonNode)Route(service, Matches(service["match"u8]), new JsonArray(To(service, apex + "-primary", 100))));
            Map(origins, 1, null);
        }
        spec["http"] = routes;
        return (spec, origins);
    }

    private static void Map(List<Origin> origins, int index, Origin? match)
    {
        var route = $"/spec/http/{index}";
        origins.AddRange(((string[])[.. Copied, "rewrite"]).Select(field => new Origin($"{route}/{field}", $"/spec/service/{field}")));
        origins.Add(match is { } other ? other with { Made = route + "/match" } : new Origin(route + "/match", "/spec/service/match"));
    }

    private static JsonArray Hosts(Node service, string apex)
    {
        var hosts = new JsonArray();
        var isThere = false;
        foreach (var host in service["hosts"u8].Items)
        {
            hosts.Add(JsonNode.Parse(host.Raw));
            isThere |= host.Text == apex || host.Text == "*";
        }
        if (!isThere)
            hosts.Add((JsonNode)apex);
        return hosts;
    }

    private static JsonObject Route(Node service, JsonNode? match, JsonNode destinations)
    {
        var route = new JsonObject();
        Set(route, "match", match);
        if (service["rewrite"u8] is { IsObject: true } rewrite)
        {
            var written = new JsonObject();
            foreach (var field in (string[])["uri", "authority"])
            {
                if (rewrite[field].Text is { Length: > 0 } text)
                    written[field] = text;
            }
            route["rewrite"] = written;
        }
        foreach (var field in Copied)
        {
            if (!service[field].IsText(""u8))
                Set(route, field, GoFields.Copy(service[field], field));
        }
        route["route"] = destinations;
        return route;
    }

    private static JsonNode? Matches(Node match) => GoFields.Copy(match, "match");

    /// <summary>Each entry of one with each of the other: of the analysis only headers and sourceLabels are taken over.</summary>
    private static JsonArray? Merged(Node analysis, Node defaults)
    {
        var own = (JsonArray?)Matches(Known(analysis));
        if ((JsonArray?)Matches(defaults) is not { Count: > 0 } others || own is null)
            return own;
        var merged = new JsonArray();
        var items = analysis.Items.GetEnumerator();
        foreach (var entry in own)
        {
            items.MoveNext();
            foreach (var other in others)
            {
                var both = other!.DeepClone();
                if (both is JsonObject map)
                {
                    foreach (var field in (string[])["headers", "sourceLabels"])
                    {
                        if (!items.Current[field].IsObject)
                            continue;
                        map.Remove(field);
                        Set(map, field, entry?[field]?.DeepClone());
                    }
                }
                merged.Add(both);
            }
        }
        return merged;
    }

    /// <summary>The entries with the conditions that the definition knows: others are dropped before Flagger sees them.</summary>
    private static Node Known(Node match)
    {
        var known = new JsonArray();
        foreach (var item in match.Items)
        {
            var entry = new JsonObject();
            foreach (var field in (string[])["headers", "queryParams", "sourceLabels"])
            {
                if (item[field].Exists)
                    entry[field] = JsonNode.Parse(item[field].Raw);
            }
            known.Add((JsonNode)entry);
        }
        return Node.Parse(known.ToJsonString());
    }

    private static JsonArray? Ports(Node match)
    {
        var ports = new JsonArray();
        foreach (var item in match.Items)
        {
            var entry = new JsonObject();
            if (item["port"u8].TryGetInt64(out var number) && number != 0)
                entry["port"] = number;
            ports.Add((JsonNode)entry);
        }
        return ports.Count == 0 ? null : ports;
    }

    /// <summary>With a port for gateways, which know no port of the service.</summary>
    private static JsonObject To(Node service, string host, int weight)
    {
        var destination = new JsonObject { ["host"] = host };
        var needsPort =
            service["delegation"u8].Kind == System.Text.Json.JsonValueKind.True
            || (service["gateways"u8] is { Count: > 0 } gateways && !gateways.ItemAt(0).IsText("mesh"u8));
        if (needsPort && service["portDiscovery"u8].Kind == System.Text.Json.JsonValueKind.True && service["port"u8].Exists)
            destination["port"] = new JsonObject { ["number"] = JsonNode.Parse(service["port"u8].Raw) };
        return new JsonObject { ["destination"] = destination, ["weight"] = weight };
    }

    private static void Set(JsonObject map, string key, JsonNode? value)
    {
        if (value is not null)
            map[key] = value;
    }
}
