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

    private const string NoSuchService =
        "It is for a wildcard, and all of the oracle's services under it have rules of their own. A cluster has others.";

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
        ["destination-rule-removal dr-1-0137"] = NoSuchPod,
        ["destination-rule-removal dr-1-0217"] = NoSuchPod,
        ["destination-rule-removal dr-1-0537"] = NoSuchPod,
        ["destination-rule-removal dr-1-0283"] = NoSuchNamespace,
        ["destination-rule-removal dr-1-0299"] = NoSuchNamespace,
        ["destination-rule-removal dr-1-0264"] = NoSuchService,
        ["destination-rule-removal dr-1-0348"] = NoSuchService,
        ["destination-rule-removal dr-1-0424"] = NoSuchService,
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

    [Fact]
    public void A_removal_is_reported_where_a_cluster_loses_its_outlier_detection()
    {
        const string rule = "destination-rule-removal";
        var judged = 0;
        var differing = new List<string>();
        foreach (var world in OracleFile.Read("istio/destination-rules.jsonl.gz").Select(IstioWorld.Of))
        {
            if (!world.Facts.TryGetProperty("without", out var without))
                continue;
            foreach (var removed in world.Objects.Where(o => o.Key.Kind == ObjectKind.DestinationRule && o.Key.Namespace != "istio-system"))
            {
                if (!without.TryGetProperty($"DestinationRule {removed.Key.Namespace}/{removed.Key.Name}", out var changes))
                    continue;
                judged++;
                var isAtFault = changes.EnumerateObject().Any(c => StopsEjecting(world, c));
                var said = Judged(world, removed, rule, isRemoval: true).ToList();
                if (isAtFault != said.Count > 0 && !OnPurpose.ContainsKey($"{rule} {world.Id}"))
                    differing.Add($"{world.Id} {removed.Key.Name}: {(isAtFault ? "nothing said" : string.Join("; ", said))}");
            }
        }
        Assert.InRange(judged, 400, int.MaxValue);
        Assert.Empty(differing);
    }

    private static bool StopsEjecting(IstioWorld world, JsonProperty change)
    {
        if (!change.Value.TryGetProperty("clusters", out var after))
            return false;
        var before = world.Facts.GetProperty("proxies").GetProperty(change.Name).GetProperty("clusters");
        return after
            .EnumerateObject()
            .Any(c =>
                c.Value.ValueKind == JsonValueKind.Object
                && before.TryGetProperty(c.Name, out var now)
                && IstioFacts.CanFire(now.GetProperty("outlierDetection"))
                && !IstioFacts.CanFire(c.Value.GetProperty("outlierDetection"))
            );
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

    private static IEnumerable<string> Judged(IstioWorld world, (ObjectKey Key, Node Root) rule, string id, bool isRemoval = false)
    {
        var review = new Review
        {
            Kind = rule.Key.Kind,
            Operation = isRemoval ? Operation.Delete : Operation.Create,
            Object = isRemoval ? default : rule.Root,
            OldObject = isRemoval ? rule.Root : default,
            Namespace = rule.Key.Namespace,
            Name = rule.Key.Name,
            Actor = Judge.Human,
            Now = Judge.Now,
            Stage = Stage.Validate,
            IsStored = !isRemoval,
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
        var text = string.Concat(group.Select(r => r.Root["spec"u8].ToString()));
        return Limits.Any(l => !limits.TryGetProperty(l.Fact, out _) && !WritesZero(text, l.Field))
            || (!limits.TryGetProperty("maxRetries", out _) && !limits.TryGetProperty("retryBudget", out _) && !WritesZero(text, "maxRetries"));
    }

    private static bool EjectsFewOrMany(JsonElement detection, double panic) =>
        IstioFacts.Number(detection, "maxEjectionPercent", 10) is var percent && (percent < 34 || (percent > 50 && panic == 0) || panic > 50);

    private static bool WritesZero(string text, string field) => text.Contains($"\"{field}\":0", StringComparison.Ordinal);
}
