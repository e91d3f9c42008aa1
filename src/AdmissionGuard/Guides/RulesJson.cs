using System.Text.Json;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Guides;

/// <summary>The catalogue for programs: an array, one rule or all.</summary>
internal static class RulesJson
{
    public static string Write(IReadOnlyList<Rule> rules) =>
        JsonText.Of(json =>
        {
            json.WriteStartArray();
            foreach (var rule in rules)
                WriteRule(json, rule);
            json.WriteEndArray();
        });

    private static void WriteRule(Utf8JsonWriter json, Rule rule)
    {
        json.WriteStartObject();
        json.WriteString("id", rule.Id);
        json.WriteString("summary", rule.Summary);
        json.WriteString("why", rule.Why);
        json.WriteString("remedy", rule.Remedy);
        json.WriteStartArray("kinds");
        foreach (var kind in rule.Kinds)
            json.WriteStringValue(kind.Name);
        json.WriteEndArray();
        json.WriteStartArray("parameters");
        foreach (var parameter in rule.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            json.WriteString("type", parameter.Type);
            json.WriteString("default", parameter.Write(parameter.Default));
            json.WriteString("strict", parameter.Write(parameter.StrictDefault));
            json.WriteString("minimum", parameter.Minimum);
            json.WriteString("maximum", parameter.Maximum);
            json.WriteString("description", parameter.Description);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("action");
        json.WriteString("baseline", Words.Of(rule.Baseline.Action));
        json.WriteString("strict", Words.Of(rule.Strict.Action));
        json.WriteEndObject();
        json.WriteBoolean("fixable", rule.Fixable);
        json.WriteEndObject();
    }
}
