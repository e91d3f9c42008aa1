using System.Text.Json;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Output.Pages;

/// <summary>A finding of an earlier report.</summary>
/// <param name="Key">Null where the report was written before findings had one.</param>
/// <param name="Action">In the words of the report.</param>
internal sealed record EarlierFinding(
    string Rule,
    string Kind,
    string Namespace,
    string Name,
    string? Key,
    string Path,
    string Action,
    bool IsKnown,
    string Message,
    string? Cluster = null
)
{
    public string Subject => $"{Kind} {(Namespace.Length > 0 ? Namespace + "/" : "")}{Name}";
}

/// <summary>What an earlier run found, as <c>--output json</c> wrote it.</summary>
/// <param name="Reviewed">Objects; null where it does not say.</param>
internal sealed record EarlierReport(IReadOnlyList<EarlierFinding> Findings, int? Reviewed)
{
    /// <summary>Whether findings can be told apart by what stays the same when lists are edited.</summary>
    public bool HasKeys => Findings.All(f => f.Key is not null);

    /// <exception cref="InputException">It is no such report.</exception>
    public static EarlierReport Read(string file, ReadOnlyMemory<byte> json)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        Node root;
        try
        {
            root = Node.Parse(json);
        }
        catch (JsonException e)
        {
            throw new InputException($"{Shown.Clean(file)}: no report of --output json: no JSON from line {(e.LineNumber ?? 0) + 1} on");
        }
        var version = root["version"u8];
        if (!root["findings"u8].IsArray)
            throw new InputException(
                $"{Shown.Clean(file)}: no report of --output json: findings is {Shown.Value(root["findings"u8])}, a list is expected"
            );
        if (version.ToString() != "1")
            throw new InputException($"{Shown.Clean(file)}: version is {Shown.Value(version)}, 1 is read");
        var findings = new List<EarlierFinding>();
        foreach (var item in root["findings"u8].Items)
            findings.Add(Finding(file, item, findings.Count));
        return new EarlierReport(
            findings,
            new Reader().Integer(root["summary"u8]["reviewed"u8]) is { } reviewed ? (int)Math.Clamp(reviewed, 0, int.MaxValue) : null
        );
    }

    private static EarlierFinding Finding(string file, Node finding, int index)
    {
        return new EarlierFinding(
            Text("rule"),
            Text("kind"),
            Text("namespace"),
            Text("name"),
            finding["key"u8].Text,
            Text("path"),
            Text("action"),
            finding["known"u8].Kind == JsonValueKind.True,
            Text("message"),
            finding["cluster"u8].Text
        );

        string Text(string name) =>
            finding[name] is var value && value.Text is { } text
                ? text
                : throw new InputException(
                    $"{Shown.Clean(file)}: no report of --output json: {name} of finding {index + 1} is {Shown.Value(value)}, a text is expected"
                );
    }
}
