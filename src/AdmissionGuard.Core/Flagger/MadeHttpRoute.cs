using System.Text.Json.Nodes;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>The HTTPRoute of a Canary (flagger pkg/router/gateway_api.go, Reconcile).</summary>
internal static class MadeHttpRoute
{
    private static readonly (string Made, string Source)[] Timeouts = [("request", "timeout"), ("backendRequest", "backendTimeout")];

    public static (JsonObject Spec, IReadOnlyList<Origin> Origins) Of(CanaryAnalysis analysis, string apex)
    {
        var service = analysis.Spec["service"u8];
        var spec = new JsonObject { ["parentRefs"] = Parents(service["gatewayRefs"u8]) };
        if (service["hosts"u8].Count > 0)
            spec["hostnames"] = JsonNode.Parse(service["hosts"u8].Raw);
        var matches = Mapped(service["match"u8]) is { Count: > 0 } written
            ? written
            : new JsonArray(
                new JsonObject
                {
                    ["path"] = new JsonObject { ["type"] = "PathPrefix", ["value"] = "/" },
                }
            );
        var match = analysis.Node["match"u8];
        var both = new JsonArray(Backend(service, apex + "-primary", 100), Backend(service, apex + "-canary", 0));
        var rules = new JsonArray(Rule(service, Merged(match, matches), both));
        if (match.Count > 0)
            rules.Add((JsonNode)Rule(service, matches, new JsonArray(Backend(service, apex + "-primary", 100))));
        spec["rules"] = rules;
        var origins = new List<Origin> { new("/spec/hostnames", "/spec/service/hosts"), new("/spec/parentRefs", "/spec/service/gatewayRefs") };
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = $"/spec/rules/{i}";
            var of = i == 0 && match.Count > 0 ? $"/spec/{analysis.Key}/match" : "/spec/service/match";
            origins.Add(new Origin($"{rule}/matches", of, IsWhole: true));
            origins.AddRange(Timeouts.Select(t => new Origin($"{rule}/timeouts/{t.Made}", $"/spec/service/{t.Source}")));
            origins.Add(new Origin($"{rule}/timeouts", "/spec/service/timeout", IsWhole: true));
        }
        return (spec, origins);
    }

    private static JsonObject Rule(Node service, JsonArray matches, JsonArray backends)
    {
        var rule = new JsonObject { ["matches"] = matches.DeepClone() };
        if (MadeFilters.Of(service) is { Count: > 0 } filters)
            rule["filters"] = filters;
        rule["backendRefs"] = backends;
        var timeouts = new JsonObject();
        foreach (var (made, source) in Timeouts)
        {
            if (service[source].Text is { Length: > 0 } text)
                timeouts[made] = text;
        }
        if (timeouts.Count > 0)
            rule["timeouts"] = timeouts;
        return rule;
    }

    private static JsonObject Backend(Node service, string name, int weight)
    {
        var backend = new JsonObject
        {
            ["group"] = "",
            ["kind"] = "Service",
            ["name"] = name,
        };
        if (service["port"u8].Exists)
            backend["port"] = JsonNode.Parse(service["port"u8].Raw);
        backend["weight"] = weight;
        return backend;
    }

    /// <summary>With the defaults of the definition.</summary>
    private static JsonArray Parents(Node references)
    {
        var parents = new JsonArray();
        foreach (var item in references.Items)
        {
            var parent = new JsonObject
            {
                ["group"] = item["group"u8].Text ?? "gateway.networking.k8s.io",
                ["kind"] = item["kind"u8].Text ?? "Gateway",
            };
            foreach (var field in (string[])["namespace", "name", "sectionName", "port"])
            {
                if (item[field].Exists)
                    parent[field] = JsonNode.Parse(item[field].Raw);
            }
            parents.Add((JsonNode)parent);
        }
        return parents;
    }

    /// <summary>Headers and query parameters of the analysis take the place of the service's; none that cannot be written.</summary>
    private static JsonArray Merged(Node match, JsonArray service)
    {
        if (Mapped(match) is not { Count: > 0 } analysis)
            return service;
        var merged = new JsonArray();
        foreach (var entry in analysis)
        {
            foreach (var other in service)
            {
                var both = other!.DeepClone();
                foreach (var field in (string[])["headers", "queryParams"])
                {
                    if (entry![field] is JsonArray { Count: > 0 } conditions)
                        both[field] = conditions.DeepClone();
                }
                merged.Add(both);
            }
        }
        return merged;
    }

    /// <summary>Null where one condition cannot be written: then none is. Entries of which nothing is left are left out.</summary>
    private static JsonArray? Mapped(Node match)
    {
        var mapped = new JsonArray();
        foreach (var item in match.Items)
        {
            var entry = new JsonObject();
            var uri = item["uri"u8];
            if (uri.IsObject)
            {
                if (Condition(uri, ("regex", "RegularExpression"), ("exact", "Exact"), ("prefix", "PathPrefix")) is not { } path)
                    return null;
                entry["path"] = path;
            }
            if (item["method"u8] is { IsObject: true } method)
            {
                if (method["exact"u8].Text is not { Length: > 0 } exact)
                    return null;
                entry["method"] = exact;
            }
            foreach (var field in (string[])["headers", "queryParams"])
            {
                var conditions = new JsonArray();
                foreach (var condition in item[field].Entries)
                {
                    if (Condition(condition.Value, ("exact", "Exact"), ("regex", "RegularExpression")) is not { } written)
                        return null;
                    written["name"] = condition.Name;
                    conditions.Add((JsonNode)written);
                }
                if (conditions.Count > 0)
                    entry[field] = conditions;
            }
            if (entry.Count > 0)
                mapped.Add((JsonNode)entry);
        }
        return mapped;
    }

    private static JsonObject? Condition(Node from, params (string Field, string Type)[] kinds)
    {
        foreach (var (field, type) in kinds)
        {
            if (from[field].Text is { Length: > 0 } value)
                return new JsonObject { ["type"] = type, ["value"] = value };
        }
        return null;
    }
}
