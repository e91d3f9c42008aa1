using System.Globalization;
using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;

namespace AdmissionGuard.Decisions;

/// <summary>Reads what <see cref="DecisionLine"/> wrote, line by line: a log may be larger than memory.</summary>
internal sealed class DecisionReader(string path)
{
    private readonly List<ManifestError> errors = [];

    public IReadOnlyList<ManifestError> Errors => errors;

    /// <summary>Decisions that cannot be judged again: their objects were left out.</summary>
    public int WithoutObjects { get; private set; }

    /// <summary>The requests of /validate, as they came; those of /mutate are the same objects before their repair.</summary>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public IEnumerable<(Review Review, string Where, CurrentAnswer Current)> Read()
    {
        using var lines = Open();
        var number = 0;
        while (lines.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            if (Parse(line, number) is not { } root || !root["endpoint"u8].IsText("validate"u8))
                continue;
            if (ReviewOf(root) is { } review)
                yield return (review, string.Create(CultureInfo.InvariantCulture, $"{path}:{number}"), AnswerOf(root));
            else if (root["skipped"u8].Text is null or Evaluator.NoPolicy or Evaluator.Unprotected)
                WithoutObjects++;
        }
    }

    private StreamReader Open()
    {
        try
        {
            return new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {e.Message}");
        }
    }

    private Node? Parse(string line, int number)
    {
        try
        {
            var root = Node.Parse(line);
            if (root.IsObject && root["version"u8].TryGetInt32(out var version) && version == DecisionLine.Version)
                return root;
            errors.Add(new ManifestError(path, number, 1, $"no decision of version {DecisionLine.Version}"));
        }
        catch (JsonException e)
        {
            // a server that was killed leaves half a line
            errors.Add(new ManifestError(path, number, 1, $"no JSON: {e.Message.ReplaceLineEndings(" ")}"));
        }
        return null;
    }

    /// <summary>Null where no object was kept.</summary>
    private static Review? ReviewOf(Node root)
    {
        var review = new Review
        {
            Kind = ObjectKind.Of(root["apiVersion"u8].Text, root["kind"u8].Text),
            Operation = Words.OperationOf(root["operation"u8]) ?? Operation.Create,
            Object = root["object"u8],
            OldObject = root["oldObject"u8],
            Namespace = root["namespace"u8].Text ?? "",
            Name = root["name"u8].Text ?? "",
            SubResource = root["subResource"u8].Text,
            Actor = new Actor(root["user"u8].Text ?? "", [.. root["groups"u8].Items.Select(g => g.Text).OfType<string>()])
            {
                ActsAs = root["actsAs"u8].Text,
            },
            IsRollback = root["rollback"u8].Exists ? root["rollback"u8].Kind == JsonValueKind.True : null,
            DryRun = root["dryRun"u8].Kind == JsonValueKind.True,
            Now = DateTimeOffset.TryParse(root["time"u8].Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time
                : DateTimeOffset.UnixEpoch,
            Stage = Stage.Both,
        };
        return review.Subject.IsObject ? review : null;
    }

    private static CurrentAnswer AnswerOf(Node root) =>
        new(
            root["allowed"u8].Kind == JsonValueKind.False,
            Repaired: false, // what /mutate put in is in the object already
            root["findings"u8]
                .Items.Select(f => f)
                .Where(f => f["action"u8].IsText("deny"u8) || f["action"u8].IsText("warn"u8))
                .Select(f => (Catalogue.PresentId(f["rule"u8].Text ?? ""), f["path"u8].Text ?? ""))
                .ToHashSet()
        );
}
