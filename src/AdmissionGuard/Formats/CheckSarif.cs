using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Manifests;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Formats;

/// <summary>SARIF 2.1.0 (OASIS) for code scanning: one run, the rules that found something, a result a finding.</summary>
internal static class CheckSarif
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    private const string Base = "%SRCROOT%";

    /// <summary>
    /// Ours, with a version as SARIF wants it. GitHub's upload adds its own, by the text of the line, and complains of a different one in that place.
    /// </summary>
    private const string Fingerprint = "admissionGuard/v1";

    public static void Write(TextWriter output, CheckReport report, FormatOptions options) =>
        output.WriteLine(
            JsonText.Of(json =>
            {
                var rules = report.Findings.Select(f => f.Judgement.Rule).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
                json.WriteStartObject();
                json.WriteString("$schema", Schema);
                json.WriteString("version", "2.1.0");
                json.WriteStartArray("runs");
                json.WriteStartObject();
                SarifTool.Write(json, rules);
                json.WriteStartArray("invocations");
                WriteInvocation(json, report, options);
                json.WriteEndArray();
                json.WriteStartObject("originalUriBaseIds");
                json.WriteObject(Base, ("uri", options.Root.BaseUri));
                json.WriteEndObject();
                json.WriteString("columnKind", "utf16CodeUnits");
                json.WriteStartArray("results");
                var known = new Dictionary<string, int>(StringComparer.Ordinal);
                foreach (var finding in report.Findings)
                    WriteResult(json, finding, rules.BinarySearch(finding.Judgement.Rule, StringComparer.Ordinal), known, options);
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            })
        );

    /// <summary>The level of a result; a repair and what nobody is told of at admission are notes.</summary>
    public static string Level(GuardAction action) =>
        action switch
        {
            GuardAction.Deny => "error",
            GuardAction.Warn => "warning",
            _ => "note",
        };

    private static void WriteInvocation(Utf8JsonWriter json, CheckReport report, FormatOptions options)
    {
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", report.Errors.Count == 0);
        json.WriteStartArray("toolExecutionNotifications");
        foreach (var error in report.Errors)
        {
            json.WriteStartObject();
            json.WriteString("level", "error");
            json.WriteObject("message", ("text", error.ToString()));
            json.WriteStartArray("locations");
            json.WriteStartObject();
            WritePlace(json, options, error.File, error.Line is { } line ? new Position(line, error.Column ?? 1) : null);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, LocatedFinding located, int rule, Dictionary<string, int> known, FormatOptions options)
    {
        var judgement = located.Judgement;
        json.WriteStartObject();
        json.WriteString("ruleId", judgement.Rule);
        json.WriteNumber("ruleIndex", rule);
        json.WriteString("level", located.IsKnown ? Level(GuardAction.Audit) : Level(judgement.Action));
        json.WriteObject("message", ("text", Message(located)));
        json.WriteStartArray("locations");
        json.WriteStartObject();
        if (!located.Document.IsStored)
            // GitHub shows no alert without a line
            WritePlace(json, options, located.Document.Origin, located.IsElsewhere ? new Position(1, 1) : located.Position);
        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        var cluster = located.Document.IsStored ? located.Document.File + ": " : "";
        json.WriteString("fullyQualifiedName", $"{cluster}{FindingText.Subject(located.Review)}/{FindingText.Line(judgement.Path.ToText())}");
        json.WriteString("kind", "member");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteObject("partialFingerprints", (Fingerprint, FingerprintOf(located, known)));
        if (located.IsKnown)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", "external");
            json.WriteString("justification", "known: in the file of --known, and no worse");
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, FormatOptions options, string file, Position? position)
    {
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        var uri = file == ManifestFiles.StandardInput ? "stdin" : options.Root.UriOf(file);
        json.WriteString("uri", uri);
        if (!uri.StartsWith("file://", StringComparison.Ordinal))
            json.WriteString("uriBaseId", Base);
        json.WriteEndObject();
        if (position is { } at)
        {
            json.WriteStartObject("region");
            json.WriteNumber("startLine", at.Line);
            json.WriteNumber("startColumn", at.Column);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static string Message(LocatedFinding located)
    {
        var judgement = located.Judgement;
        var because = Words.Of(judgement.Because) is { } word ? $" ({word})" : "";
        var remedy = judgement.Finding.Remedy is { } yaml ? $"\nWrite:\n{string.Join('\n', yaml.Split('\n').Select(FindingText.Line))}" : "";
        var rendered = located.Document.Source is null ? "" : $", rendered: {located.Place}";
        return $"{FindingText.Subject(located.Review)}, {FindingText.Line(judgement.Path.ToText())}: "
            + $"{FindingText.Line(judgement.Finding.Message)}{because}{rendered}{remedy}";
    }

    /// <summary>What stays the same wherever in the file the finding stands; a number for each further one of the same.</summary>
    private static string FingerprintOf(LocatedFinding located, Dictionary<string, int> known)
    {
        var identity =
            (located.Document.IsStored ? located.Document.File + "\n" : "")
            + string.Join(
                '\n',
                located.Judgement.Rule,
                located.Review.Kind,
                located.Review.Namespace,
                located.Review.Name,
                located.Judgement.Finding.Key
            );
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16));
        known[hash] = known.GetValueOrDefault(hash) + 1;
        return $"{hash}:{known[hash]}";
    }
}
