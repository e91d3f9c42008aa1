using System.Text.Json;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>
/// Whether rules speak about the DestinationRules of a host exactly where a cluster that Istio made of them lacks what the rule asks for: 600
/// generated worlds (istio/istio 86c9f01, 1.32), each object judged as it is stored.
/// </summary>
public sealed class DestinationRuleVerdictOracleTests
{
    private const string NoSuchPod =
        "None of the oracle's proxies has the labels of the workloadSelector. The program does not know pods: it judges.";
    private const string NoSuchNamespace = "It counts for namespaces in which the oracle has no proxy, such as that of a gateway.";

    /// <summary>What differs on purpose: rule and world, with the reason.</summary>
    private static readonly Dictionary<string, string> OnPurpose = new(StringComparer.Ordinal)
    {
        ["destination-rule-outlier-detection dr-1-0009"] = NoSuchPod,
        ["destination-rule-outlier-detection dr-1-0201"] = NoSuchPod,
        ["destination-rule-connection-pool dr-1-0009"] = NoSuchPod,
        ["destination-rule-connection-pool dr-1-0201"] = NoSuchPod,
        ["destination-rule-ejection-percent dr-1-0009"] = NoSuchPod,
        ["destination-rule-ejection-percent dr-1-0137"] = NoSuchPod,
        ["destination-rule-ejection-percent dr-1-0191"] = NoSuchNamespace,
        ["destination-rule-ejection-percent dr-1-0374"] = NoSuchNamespace,
    };

    /// <summary>A written 0 is another rule's matter.</summary>
    private static readonly (string Fact, string Field)[] Limits =
    [
        ("maxConnections", "maxConnections"),
        ("maxPendingRequests", "http1MaxPendingRequests"),
        ("maxRequests", "http2MaxRequests"),
    ];

    [Theory]
    [InlineData("destination-rule-outlier-detection")]
    [InlineData("destination-rule-connection-pool")]
    [InlineData("destination-rule-ejection-percent")]
    public void A_rule_speaks_where_a_cluster_lacks_it(string rule)
    {
        var judged = 0;
        var differing = new List<string>();
        foreach (var world in OracleFile.Read("istio/destination-rules.jsonl.gz").Select(IstioWorld.Of))
        {
            foreach (var group in GroupsOf(world))
            {
                var names = group.Select(r => $"{r.Key.Namespace}/{r.Key.Name}").ToHashSet();
                var clusters = Clusters(world).Where(c => c.TryGetProperty("rule", out var by) && names.Contains(by.GetString()!)).ToList();
                if (clusters.Count == 0)
                    continue;
                judged++;
                var isAtFault = clusters.Exists(c => Lacks(rule, c, group));
                var said = group.SelectMany(r => Judged(world, r, rule)).ToList();
                if (isAtFault != said.Count > 0 && !OnPurpose.ContainsKey($"{rule} {world.Id}"))
                    differing.Add($"{world.Id} {string.Join(", ", names)}: {(isAtFault ? "nothing said" : string.Join("; ", said))}");
            }
        }
        Assert.InRange(judged, 500, int.MaxValue);
        Assert.Empty(differing);
    }

    private static IEnumerable<List<(ObjectKey Key, Node Root)>> GroupsOf(IstioWorld world) =>
        world
            .Objects.Where(o => o.Key.Kind == ObjectKind.DestinationRule && o.Key.Namespace != "istio-system")
            .GroupBy(o => (o.Key.Namespace, MeshHost.Qualify(o.Root["spec"u8]["host"u8].Text ?? "", o.Key.Namespace, "cluster.local")))
            .Select(g => g.ToList());

    private static IEnumerable<JsonElement> Clusters(IstioWorld world) =>
        world
            .Facts.GetProperty("proxies")
            .EnumerateObject()
            .Where(p => p.Value.TryGetProperty("clusters", out _))
            .SelectMany(p => p.Value.GetProperty("clusters").EnumerateObject().Select(c => c.Value));

    private static IEnumerable<string> Judged(IstioWorld world, (ObjectKey Key, Node Root) rule, string id)
    {
        var review = new Review
        {
            Kind = rule.Key.Kind,
            Operation = Operation.Create,
            Object = rule.Root,
            Namespace = rule.Key.Namespace,
            Name = rule.Key.Name,
            Actor = Judge.Human,
            Now = Judge.Now,
            Stage = Stage.Validate,
            IsStored = true,
        };
        var policy = GuardPolicy.Of(Profile.Strict);
        var cluster = world.Objects.Aggregate(Cluster.Live.With(world.World.Settings), (c, o) => c.With(o.Key, o.Root)).With([policy]);
        return Evaluator.Evaluate(review, cluster).Judgements.Where(j => j.Rule == id).Select(j => j.Finding.Message);
    }

    private static bool Lacks(string rule, JsonElement cluster, List<(ObjectKey Key, Node Root)> group)
    {
        var detection = cluster.GetProperty("outlierDetection");
        if (rule == "destination-rule-outlier-detection")
            return !IstioFacts.CanFire(detection);
        if (rule == "destination-rule-ejection-percent")
            return detection.ValueKind == JsonValueKind.Object && EjectsFewOrMany(detection, IstioFacts.Number(cluster, "panicThreshold", 0));
        var limits = cluster.GetProperty("limits");
        var text = string.Concat(group.Select(r => r.Root["spec"u8].Element.GetRawText()));
        return Limits.Any(l => !limits.TryGetProperty(l.Fact, out _) && !WritesZero(text, l.Field))
            || (!limits.TryGetProperty("maxRetries", out _) && !limits.TryGetProperty("retryBudget", out _) && !WritesZero(text, "maxRetries"));
    }

    private static bool EjectsFewOrMany(JsonElement detection, double panic) =>
        IstioFacts.Number(detection, "maxEjectionPercent", 10) is var percent && (percent < 34 || (percent > 50 && panic == 0) || panic > 50);

    private static bool WritesZero(string text, string field) => text.Contains($"\"{field}\":0", StringComparison.Ordinal);
}
