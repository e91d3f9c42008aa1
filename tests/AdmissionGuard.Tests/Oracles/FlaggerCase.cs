using System.IO.Compression;
using System.Text;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>A Canary of <c>tests/oracle/flagger</c> with what Flagger's controller did with it.</summary>
internal sealed record FlaggerCase(string Id, Node Canary, Node Facts)
{
    private static readonly Lazy<IReadOnlyList<FlaggerCase>> Read = new(ReadAll);

    public static IReadOnlyList<FlaggerCase> All => Read.Value;

    public Node Spec => Canary["spec"u8];

    public ObjectKey Key => new(ObjectKind.Canary, Canary["metadata"u8]["namespace"u8].Text!, Canary["metadata"u8]["name"u8].Text!);

    public bool IsRefusedByDefinition => Facts["schema"u8]["errors"u8].Count > 0;

    public bool IsRefusedByController => Facts["refused"u8].Exists || Facts["panic"u8].Exists;

    public string End => Facts["end"u8].Text ?? "";

    public bool Ends => End == "succeeded";

    public bool IsStuck => End is "stuck" or "unfinished";

    public CanaryAnalysis Analysis => new(Spec, new Reader());

    public ExposureTimeline Timeline => new(CanaryPlan.Of(Spec, new Reader()));

    /// <summary>The share of users from the second look on, which is the first that can move any.</summary>
    public IEnumerable<double> Shares(string course = "course") => Looks(course).Skip(1).Select(l => Share(l, "share"));

    public IEnumerable<Node> Looks(string course)
    {
        var looks = course == "course" ? Facts["course"u8] : Facts[course]["course"u8];
        foreach (var look in looks.Items)
            yield return look;
    }

    public static double Share(Node look, string key)
    {
        var rolled = look[key + "Rolled"];
        return (rolled.Exists ? rolled : look[key]).Element().GetDouble();
    }

    /// <summary>Shares with the number of looks that they stay, equal neighbours as one.</summary>
    public List<(double Share, int Looks)> Held()
    {
        var held = new List<(double Share, int Looks)>();
        foreach (var share in Shares())
        {
            if (held.Count > 0 && Math.Abs(held[^1].Share - share) < 0.06)
                held[^1] = (held[^1].Share, held[^1].Looks + 1);
            else
                held.Add((share, 1));
        }
        return held;
    }

    public bool HasGates => Webhooks().Any(t => t.StartsWith("confirm-", StringComparison.Ordinal));

    public override string ToString() => Id;

    private IEnumerable<string> Webhooks()
    {
        foreach (var item in Analysis.Node["webhooks"u8].Items)
            yield return item["type"u8].Text ?? "";
    }

    private static List<FlaggerCase> ReadAll()
    {
        using var file = File.OpenRead(Path.Combine(Repository.Root, "tests", "oracle", "flagger", "canaries.jsonl.gz"));
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var read = new List<FlaggerCase>();
        while (lines.ReadLine() is { } line)
        {
            var root = Node.Parse(line);
            using var input = new MemoryStream(Encoding.UTF8.GetBytes(root["input"u8].Text!));
            var documents = ManifestFiles.Read(["-"], [], input).Documents;
            read.Add(new FlaggerCase(root["id"u8].Text!, documents.Single(d => d.Kind == "Canary").Root, root["facts"u8]));
        }
        Assert.Equal(391, read.Count);
        return read;
    }
}
