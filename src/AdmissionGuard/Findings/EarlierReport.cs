using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Files;

namespace AdmissionGuard.Findings;

/// <summary>A finding of an earlier report.</summary>
internal sealed record EarlierFinding
{
    public required string Rule { get; init; }

    public required string Kind { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Null where the report was written before findings had one.</summary>
    public string? Key { get; init; }

    public required string Path { get; init; }

    /// <summary>In the words of the report.</summary>
    public required string Action { get; init; }

    public bool IsKnown { get; init; }

    public required string Message { get; init; }

    /// <summary>Null where the report is of files.</summary>
    public string? Cluster { get; init; }

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
        return new EarlierFinding
        {
            Rule = Catalogue.PresentId(Text("rule")),
            Kind = Text("kind"),
            Namespace = Text("namespace"),
            Name = Text("name"),
            Key = finding["key"u8].Text,
            Path = Text("path"),
            Action = Text("action"),
            IsKnown = finding["known"u8].Kind == JsonValueKind.True,
            Message = Text("message"),
            Cluster = finding["cluster"u8].Text,
        };

        string Text(string name) =>
            finding[name] is var value && value.Text is { } text
                ? text
                : throw new InputException(
                    $"{Shown.Clean(file)}: no report of --output json: {name} of finding {index + 1} is {Shown.Value(value)}, a text is expected"
                );
    }
}
