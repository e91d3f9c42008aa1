using System.Globalization;
using System.Text.Json.Nodes;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Laws;

/// <summary>
/// Each list, and each map with keys of its author, of each kind in the golden cases, made as long as one likes: so a rule that searches inside a
/// search meets an object that is large in just the place where it does.
/// </summary>
internal sealed record GrownObjects(string Name, Review Review, Cluster Cluster, JsonNode Root, string[] Path, bool Distinct)
{
    private static readonly string[] MapsOfTheirAuthor =
    [
        "headers",
        "withoutHeaders",
        "queryParams",
        "labels",
        "matchLabels",
        "sourceLabels",
        "selector",
    ];

    /// <summary>One for each place, whether its items are all alike or all different.</summary>
    public static IReadOnlyList<GrownObjects> All { get; } = [.. Places()];

    /// <summary>A review of the object with so many items there.</summary>
    /// <param name="old">What is stored: nothing, or the same the other way round.</param>
    public Review With(int items, Before old)
    {
        var review = Review with { Object = Node.Parse(Grown(items, reversed: false).ToJsonString()) };
        if (old == Before.Nothing)
            return review;
        return review with { Operation = Operation.Update, OldObject = Node.Parse(Grown(items, reversed: true).ToJsonString()) };
    }

    public enum Before
    {
        Nothing,
        Reversed,
    }

    private static IEnumerable<GrownObjects> Places()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (review, cluster, _) in KnownObjects.WithOthers())
        {
            if (review.Object.ToString() is not { } text || JsonNode.Parse(text) is not JsonObject root || root["spec"] is not { } spec)
                continue;
            foreach (var path in PathsIn(spec, ["spec"]).ToList())
            {
                var place = string.Join('/', path.Select(s => int.TryParse(s, CultureInfo.InvariantCulture, out _) ? "*" : s));
                if (!seen.Add($"{review.Kind!.Name} {place}"))
                    continue;
                foreach (var distinct in (bool[])[false, true])
                    yield return new($"{review.Kind!.Name} {place}{(distinct ? ", all different" : "")}", review, cluster, root, path, distinct);
            }
        }
    }

    private static IEnumerable<string[]> PathsIn(JsonNode? node, string[] path)
    {
        if (node is JsonArray { Count: > 0 } list)
        {
            yield return path;
            for (var i = 0; i < list.Count; i++)
            {
                foreach (var inner in PathsIn(list[i], [.. path, i.ToString(CultureInfo.InvariantCulture)]))
                    yield return inner;
            }
        }
        else if (node is JsonObject map)
        {
            if (map.Count > 0 && MapsOfTheirAuthor.Contains(path[^1]))
                yield return path;
            foreach (var (key, value) in map)
            {
                foreach (var inner in PathsIn(value, [.. path, key]))
                    yield return inner;
            }
        }
    }

    private JsonNode Grown(int items, bool reversed)
    {
        var root = Root.DeepClone();
        var at = root;
        foreach (var step in Path)
            at = int.TryParse(step, CultureInfo.InvariantCulture, out var index) ? at[index]! : at[step]!;
        if (at is JsonArray list)
            Grow(list, items, reversed);
        else
            Grow(at.AsObject(), items, reversed);
        return root;
    }

    private void Grow(JsonArray list, int items, bool reversed)
    {
        var seeds = list.Select(i => i?.DeepClone()).ToArray();
        list.Clear();
        for (var i = 0; i < items; i++)
        {
            var number = reversed ? items - 1 - i : i;
            list.Add(Varied(seeds[number % seeds.Length], Distinct ? number : 0, named: true));
        }
    }

    private void Grow(JsonObject map, int items, bool reversed)
    {
        var (key, value) = map.First();
        for (var i = 0; i < items; i++)
            map[$"{key}-{(reversed ? items - 1 - i : i)}"] = Varied(value, Distinct ? i : 0, named: false);
    }

    /// <summary>Texts get the number, but for those of which only a few are valid.</summary>
    private static JsonNode? Varied(JsonNode? seed, int number, bool named)
    {
        var item = seed?.DeepClone();
        if (number == 0)
            return item;
        if (item is JsonValue value && value.TryGetValue<string>(out var text))
            return named ? $"{text}-{number}" : item;
        foreach (var key in item is JsonObject map ? map.Select(e => e.Key).ToList() : [])
            item![key] = Varied(item[key], number, key is "name" or "exact" or "prefix" or "subset" or "setHeaderRoute" or "templateName");
        if (item is JsonArray inner)
            return new JsonArray([.. inner.Select(i => Varied(i, number, named))]);
        return item;
    }
}
