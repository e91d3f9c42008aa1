using System.Text.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Formats;

/// <summary>
/// For programs: version 1 of the format of docs/ci.md#json. Absent values are null, never left out. An action is what admission does, of a
/// known finding too; the summary counts those apart.
/// </summary>
internal static class CheckJson
{
    public static void Write(TextWriter output, CheckReport report, FormatOptions options) =>
        JsonText.Write(output, (json, pause) => Write(json, report, pause));

    private static void Write(Utf8JsonWriter json, CheckReport report, Action pause)
    {
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteStartArray("findings");
        foreach (var finding in report.Findings)
        {
            WriteFinding(json, finding);
            pause();
        }
        json.WriteEndArray();
        json.WriteStartObject("summary");
        json.WriteNumber("documents", report.Documents);
        json.WriteNumber("reviewed", report.Reviewed);
        foreach (var action in (GuardAction[])[GuardAction.Deny, GuardAction.Warn, GuardAction.Audit, GuardAction.Fix])
            json.WriteNumber(Words.Of(action), report.Count(action));
        json.WriteNumber("known", report.Known);
        json.WriteEndObject();
        json.WriteStartArray("errors");
        foreach (var error in report.Errors)
        {
            json.WriteStartObject();
            json.WriteString("file", error.File);
            if (error.Line is { } line)
                json.WriteNumber("line", line);
            else
                json.WriteNull("line");
            json.WriteString("message", error.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, LocatedFinding located)
    {
        var (judgement, document, review) = located;
        json.WriteStartObject();
        json.WriteString("rule", judgement.Rule);
        json.WriteString("policy", judgement.Policy);
        json.WriteString("action", Words.Of(judgement.Action));
        json.WriteString("originalAction", Words.Of(judgement.OriginalAction));
        json.WriteString("because", Words.Of(judgement.Because));
        json.WriteString("kind", review.Kind!.Name);
        json.WriteString("apiVersion", document.ApiVersion);
        json.WriteString("namespace", review.Namespace);
        json.WriteString("name", review.Name);
        json.WriteString("path", judgement.Path.ToString());
        json.WriteString("key", judgement.Finding.Key);
        json.WriteString("found", judgement.Finding.Found);
        json.WriteString("limit", judgement.Finding.Limit);
        json.WriteString("message", judgement.Finding.Message);
        json.WriteString("remedy", judgement.Finding.Remedy);
        json.WriteString("file", document.IsStored ? null : document.File);
        Write("line", located.Position?.Line);
        Write("column", located.Position?.Column);
        json.WriteBoolean("fixable", judgement.Finding.Edit is not null);
        json.WriteString("source", document.Source);
        json.WriteBoolean("known", located.IsKnown);
        json.WriteString("cluster", document.IsStored ? document.File : null);
        json.WriteString("owner", located.Owner);
        json.WriteEndObject();

        void Write(string name, int? number)
        {
            if (number is { } value)
                json.WriteNumber(name, value);
            else
                json.WriteNull(name);
        }
    }
}
