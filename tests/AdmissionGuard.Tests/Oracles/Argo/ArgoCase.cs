using System.Text;
using System.Text.Json;
using AdmissionGuard.Checks;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Findings;
using AdmissionGuard.Manifests;
using AdmissionGuard.Plans;

namespace AdmissionGuard.Tests.Oracles.Argo;

/// <summary>A line of <c>tests/oracle/argo</c>: manifests, and what Argo's controller did with them.</summary>
internal sealed class ArgoCase
{
    /// <summary>Percent of users.</summary>
    public const double Near = 0.06;

    private readonly ManifestSet manifests;
    private CheckReport? report;
    private ExposureTimeline? plan;

    private ArgoCase(JsonElement line)
    {
        Id = line.GetProperty("id").GetString()!;
        Facts = line.TryGetProperty("facts", out var facts) ? facts : default;
        Line = line;
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(line.GetProperty("input").GetString()!));
        manifests = ManifestFiles.Read(["-"], [], input);
        Spec = manifests.Documents.FirstOrDefault(d => d.Kind == "Rollout")?.Root["spec"u8] ?? default;
    }

    public static IEnumerable<ArgoCase> Read(string file) => OracleFile.Read($"argo/{file}.jsonl.gz").Select(line => new ArgoCase(line));

    public string Id { get; }

    public JsonElement Line { get; }

    public JsonElement Facts { get; }

    public Node Spec { get; }

    public Node Canary => Spec["strategy"u8]["canary"u8];

    public long Replicas => new Reader().Integer(Spec["replicas"u8]) ?? 1;

    /// <summary>The controller went through it, or stopped in it; else it called the Rollout invalid, or never got it to run.</summary>
    public bool Ran => !Facts.TryGetProperty("invalid", out _) && !Text(Facts, "end").StartsWith("first deployment", StringComparison.Ordinal);

    public bool Ended => Text(Facts, "end") == "done";

    public bool IsRouted => Facts.TryGetProperty("routed", out var routed) && routed.GetBoolean();

    public IReadOnlyList<ArgoState> Release => [.. States(Facts, "release")];

    public ExposureTimeline Plan => plan ??= Assert.Single(PlanReader.Read(manifests).Objects).Timeline;

    /// <summary>What profile strict says.</summary>
    public CheckReport Report =>
        report ??= new ManifestReview(Actor.GitOps, "default", Judge.Now).Run(Cluster.Empty.With([GuardPolicy.Of(Profile.Strict)]), manifests, null);

    public IReadOnlyList<LocatedFinding> Findings => Report.Findings;

    public IEnumerable<LocatedFinding> Of(string rule) => Findings.Where(f => f.Judgement.Rule == rule);

    public bool Says(string rule, string? key = null) => Of(rule).Any(f => key is null || f.Judgement.Finding.Key == key);

    public static IEnumerable<ArgoState> States(JsonElement map, string key) =>
        map.TryGetProperty(key, out var list) ? list.EnumerateArray().Select(s => new ArgoState(s)) : [];

    public static string Text(JsonElement map, string key) =>
        map.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
