using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Formats;

/// <summary>What SARIF says of the program and its rules: what a reader of an alert learns who never heard of either.</summary>
internal static class SarifTool
{
    private const string Name = "AdmissionGuard";

    /// <param name="rules">Ids; <c>internal</c>, of a rule that broke, is not in the catalogue.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<string> rules)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", Name);
        json.WriteString("semanticVersion", typeof(SarifTool).Assembly.GetName().Version!.ToString(3));
        json.WriteStartArray("rules");
        foreach (var id in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            if (Catalogue.Find(id) is { } rule)
                WriteRule(json, rule);
            else
                json.WriteObject("shortDescription", ("text", "A rule broke, which is a fault of AdmissionGuard."));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, Rule rule)
    {
        json.WriteObject("shortDescription", ("text", rule.Summary));
        json.WriteObject("fullDescription", ("text", rule.Why));
        json.WriteObject("help", ("text", Help(rule, "", "")), ("markdown", Help(rule, "**", "`")));
        var level = CheckSarif.Level(rule.Baseline.Action == GuardAction.Off ? rule.Strict.Action : rule.Baseline.Action);
        json.WriteObject("defaultConfiguration", ("level", level));
        json.WriteStartObject("properties");
        json.WriteStartArray("tags");
        foreach (var tag in (string[])["kubernetes", "reliability", .. rule.Kinds.Select(k => k.Name)])
            json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteString("precision", "high");
        json.WriteString("problem.severity", level == "note" ? "recommendation" : level);
        json.WriteEndObject();
    }

    private static string Help(Rule rule, string strong, string code)
    {
        var text = new StringBuilder();
        text.Append(strong).Append(rule.Summary).Append(strong).Append("\n\n").Append(rule.Why).Append("\n\n").Append(rule.Remedy);
        if (rule.Parameters.Count > 0)
            text.Append("\n\nParameters that a policy may set:\n");
        foreach (var parameter in rule.Parameters)
        {
            text.Append("\n- ")
                .Append(code)
                .Append(parameter.Name)
                .Append(": ")
                .Append(parameter.Write(parameter.Default))
                .Append(code)
                .Append(" (")
                .Append(parameter.Type);
            if (parameter.Minimum is not null)
                text.Append(", ").Append(parameter.Minimum).Append(" to ").Append(parameter.Maximum);
            text.Append("): ").Append(parameter.Description);
        }
        return text.Append("\n\nAll of it, and how to except one object for a while: ")
            .Append(code)
            .Append("admissionguard rules ")
            .Append(rule.Id)
            .Append(code)
            .ToString();
    }
}
