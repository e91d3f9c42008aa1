using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

/// <summary>
/// What each diff mode of Argo CD compares, as docs/facts/argo-cd.md#diff-modes tells it; each answer is the places that differ, none where the
/// object is in sync.
/// </summary>
internal static class ArgoCdDiff
{
    /// <summary>The default: live is reduced to the fields that Git has, in list items too, which are paired by index.</summary>
    public static IReadOnlyList<string> Legacy(JsonNode live, JsonNode git) => Differences(Reduced(live, git), git);

    /// <summary>
    /// The prediction is what the API server answers to a dry run; what in it nobody owns was put there by a webhook and is taken from live again.
    /// </summary>
    public static IReadOnlyList<string> ServerSide(JsonNode live, JsonNode dryRun) =>
        Differences(Unmutated(dryRun, live, Owned(dryRun))["spec"], live["spec"]);

    /// <summary>The prediction is Git merged into live as the applier's fields are: maps by key, lists without keys as a whole.</summary>
    public static IReadOnlyList<string> StructuredMerge(JsonNode live, JsonNode git) => Differences(Merged(live, git), live);

    private static JsonNode? Reduced(JsonNode? live, JsonNode? git) =>
        (live, git) switch
        {
            (JsonObject l, JsonObject g) => new JsonObject(
                l.Where(p => g.ContainsKey(p.Key)).Select(p => KeyValuePair.Create(p.Key, Reduced(p.Value, g[p.Key])))
            ),
            (JsonArray l, JsonArray g) => new JsonArray([.. l.Select((item, at) => at < g.Count ? Reduced(item, g[at]) : item?.DeepClone())]),
            _ => live?.DeepClone(),
        };

    private static JsonNode? Merged(JsonNode? live, JsonNode? git) =>
        (live, git) switch
        {
            (JsonObject l, JsonObject g) => new JsonObject(
                l.Select(p => p.Key)
                    .Union(g.Select(p => p.Key))
                    .Select(key => KeyValuePair.Create(key, g.ContainsKey(key) ? Merged(l[key], g[key]) : l[key]?.DeepClone()))
            ),
            _ => git?.DeepClone(),
        };

    private static JsonObject Unmutated(JsonNode predicted, JsonNode? live, JsonObject owned)
    {
        var kept = new JsonObject();
        foreach (var (key, value) in predicted.AsObject())
        {
            var before = (live as JsonObject)?[key];
            if (!owned.TryGetPropertyValue("f:" + key, out var fields))
            {
                if (before is not null)
                    kept[key] = before.DeepClone();
            }
            else
            {
                kept[key] = value is JsonObject && fields is JsonObject { Count: > 0 } within ? Unmutated(value, before, within) : value?.DeepClone();
            }
        }
        return kept;
    }

    /// <summary>The fields of all managers, as one.</summary>
    private static JsonObject Owned(JsonNode dryRun)
    {
        var all = new JsonObject();
        foreach (var manager in dryRun["metadata"]!["managedFields"]!.AsArray())
            all = Merged(all, manager!["fieldsV1"])!.AsObject();
        return all;
    }

    private static List<string> Differences(JsonNode? one, JsonNode? other)
    {
        var found = new List<string>();
        Compare(one, other, "");
        return found;

        void Compare(JsonNode? a, JsonNode? b, string at)
        {
            if (a is JsonObject x && b is JsonObject y)
            {
                foreach (var key in x.Select(p => p.Key).Union(y.Select(p => p.Key)))
                    Compare(x[key], y[key], $"{at}.{key}");
            }
            else if (a is JsonArray l && b is JsonArray m && l.Count == m.Count)
            {
                for (var i = 0; i < l.Count; i++)
                    Compare(l[i], m[i], $"{at}[{i}]");
            }
            else if (!JsonNode.DeepEquals(a, b))
            {
                found.Add(at);
            }
        }
    }
}
