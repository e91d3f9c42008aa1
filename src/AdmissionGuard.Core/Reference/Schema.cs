using System.Text.Encodings.Web;

namespace AdmissionGuard.Core.Reference;

/// <summary>Nodes of a structural OpenAPI schema: each has a type and says what it is for, which is what <c>kubectl explain</c> shows.</summary>
internal static class Schema
{
    /// <summary>What <see cref="Json.Durations"/> reads, without the sign: no duration in a policy is negative.</summary>
    private const string Duration = @"^(0|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$";

    /// <summary>Bounds what a CEL expression over a duration may cost.</summary>
    private const int LongestDuration = 32;

    public static YamlMap Text(string description, int min = 0, int max = 0, string? pattern = null, string? format = null)
    {
        var schema = new YamlMap { { "type", "string" }, { "description", description } };
        if (min > 0)
            schema.Add("minLength", min);
        if (max > 0)
            schema.Add("maxLength", max);
        return schema.With("pattern", pattern).With("format", format);
    }

    public static YamlMap OneOf(string description, IEnumerable<string> values) =>
        new()
        {
            { "type", "string" },
            { "description", description },
            { "enum", values.ToArray() },
        };

    /// <summary>A map whose keys another project defines; they are kept as they are.</summary>
    public static YamlMap Foreign(string description) =>
        new()
        {
            { "type", "object" },
            { "description", description },
            { "x-kubernetes-preserve-unknown-fields", true },
        };

    public static YamlMap Flag(string description) => new() { { "type", "boolean" }, { "description", description } };

    public static YamlMap Integer(string description, int? min = null, int? max = null) =>
        new YamlMap
        {
            { "type", "integer" },
            { "format", "int64" },
            { "description", description },
        }
            .With("minimum", min)
            .With("maximum", max);

    public static YamlMap DurationText(string description) => Text(description, min: 1, LongestDuration, Duration);

    public static YamlMap List(string description, YamlMap items, int min = 0, int max = 0)
    {
        var schema = new YamlMap { { "type", "array" }, { "description", description } };
        if (min > 0)
            schema.Add("minItems", min);
        if (max > 0)
            schema.Add("maxItems", max);
        schema.Add("items", items);
        return schema;
    }

    public static YamlMap Names(string description, string item, int min = 0) => List(description, Text(item, min: 1), min);

    public static YamlMap Map(string description, YamlMap properties, params string[] required) =>
        new YamlMap { { "type", "object" }, { "description", description } }
            .With("required", required)
            .With("properties", properties);

    /// <summary>Items are told apart by a key: it cannot stand there twice, and server-side apply merges item by item.</summary>
    public static YamlMap Keyed(this YamlMap list, string key) =>
        list.With("x-kubernetes-list-type", "map").With("x-kubernetes-list-map-keys", (string[])[key]);

    /// <summary>What a schema cannot say, in CEL.</summary>
    public static YamlMap Holding(this YamlMap schema, params YamlMap[] laws) => schema.With("x-kubernetes-validations", laws);

    public static YamlMap Law(string rule, string message, string? fieldPath = null) =>
        new YamlMap { { "rule", rule }, { "message", message } }.With("fieldPath", fieldPath);

    /// <summary>A CEL literal; its escapes are those of JSON, and the single quote.</summary>
    public static string Quote(string text) =>
        $"'{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text).Replace("'", "\\'", StringComparison.Ordinal)}'";

    /// <summary>CEL: is this one of them?</summary>
    public static string IsOneOf(string expression, IReadOnlyList<string> values) =>
        values.Count == 1 ? $"{expression} == {Quote(values[0])}" : $"{expression} in [{string.Join(", ", values.Select(Quote))}]";
}
