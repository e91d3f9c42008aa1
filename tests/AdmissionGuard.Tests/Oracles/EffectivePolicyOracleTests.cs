using System.Globalization;
using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>
/// What each client gets of DestinationRules, port by port and subset by subset, as Istio's own control plane makes it of 600 generated worlds
/// (istio/istio 86c9f01, 1.32), and what is left where one of the objects is missing.
/// </summary>
public sealed class EffectivePolicyOracleTests
{
    /// <summary>Envoy's circuit breakers have no other defaults than these.</summary>
    private static readonly (string Fact, PoolLimit Limit)[] Limits =
    [
        ("maxConnections", PoolLimit.Connections),
        ("maxPendingRequests", PoolLimit.Pending),
        ("maxRequests", PoolLimit.Requests),
        ("maxRetries", PoolLimit.Retries),
    ];

    [Fact]
    public void Every_client_gets_what_Istio_gives_it()
    {
        var compared = 0;
        var differing = new List<string>();
        foreach (var world in Worlds())
        {
            foreach (var proxy in world.Proxies.EnumerateArray())
            {
                if (!ClustersOf(world, proxy, out var clusters))
                    continue;
                foreach (var cluster in clusters.EnumerateObject())
                {
                    compared++;
                    Compare(differing, $"{world.Id} {proxy.GetProperty("name")}", world.World, proxy, cluster);
                }
                Missing(differing, world, proxy, clusters);
            }
        }
        Assert.True(compared > 2500, $"only {compared} clusters were compared");
        Assert.True(differing.Count == 0, $"{differing.Count} of {compared} differ:\n" + string.Join('\n', differing.Take(60)));
    }

    [Fact]
    public void Where_an_object_is_missing_every_client_gets_what_Istio_gives_it_then()
    {
        var compared = 0;
        var differing = new List<string>();
        foreach (var world in Worlds())
        {
            if (!world.Facts.TryGetProperty("without", out var without))
                continue;
            foreach (var gone in without.EnumerateObject().Where(g => g.Name.StartsWith("DestinationRule ", StringComparison.Ordinal)))
            {
                var left = world.World.Without(IstioWorld.KeyOf(gone.Name));
                foreach (var proxy in world.Proxies.EnumerateArray())
                {
                    if (!ClustersOf(world, proxy, out var before))
                        continue;
                    var changed = gone.Value.TryGetProperty(proxy.GetProperty("name").GetString()!, out var c) ? c.GetProperty("clusters") : default;
                    foreach (var cluster in before.EnumerateObject())
                    {
                        var now =
                            changed.ValueKind == JsonValueKind.Object && changed.TryGetProperty(cluster.Name, out var other) ? other : cluster.Value;
                        compared++;
                        if (now.ValueKind == JsonValueKind.Null)
                            Gone(differing, $"{world.Id} without {gone.Name}", left, proxy, cluster.Name);
                        else
                            Compare(differing, $"{world.Id} without {gone.Name}", left, proxy, cluster.Name, now);
                    }
                }
            }
        }
        Assert.True(compared > 1000, $"only {compared} clusters were compared");
        Assert.True(differing.Count == 0, $"{differing.Count} of {compared} differ:\n" + string.Join('\n', differing.Take(60)));
    }

    private static IEnumerable<IstioWorld> Worlds() => OracleFile.Read("istio/destination-rules.jsonl.gz").Select(IstioWorld.Of);

    private static bool ClustersOf(IstioWorld world, JsonElement proxy, out JsonElement clusters)
    {
        clusters = default;
        return world.Facts.GetProperty("proxies").TryGetProperty(proxy.GetProperty("name").GetString()!, out var facts)
            && facts.TryGetProperty("clusters", out clusters);
    }

    private static void Compare(List<string> differing, string where, WorldSnapshot world, JsonElement proxy, JsonProperty cluster) =>
        Compare(differing, where, world, proxy, cluster.Name, cluster.Value);

    private static void Compare(List<string> differing, string where, WorldSnapshot world, JsonElement proxy, string name, JsonElement fact)
    {
        var (host, target) = TargetOf(name);
        var rule = RuleOf(world, host, proxy);
        Same("rule", rule is null ? "" : $"{rule.Parts[0].Key.Namespace}/{rule.Parts[0].Key.Name}", TextOf(fact, "rule"));
        if (target.Subset is { } subset)
            Same("subset", rule is not null && rule.Subsets.ContainsKey(subset) ? subset : "", subset);
        var mesh = world.Settings.Mesh;
        var detection = Protection.Message(rule, "outlierDetection"u8, target, mesh);
        var fires = IstioFacts.CanFire(fact.GetProperty("outlierDetection"));
        Same("fires", detection.Exists && DetectionReach.Usual.CanFire(detection, new Reader()), fires);
        var pool = Protection.Message(rule, "connectionPool"u8, target, mesh);
        foreach (var (field, limit) in Limits)
        {
            var set = limit.IsSet(pool, new Reader()) ? limit.In(pool, new Reader()).ToString() : "";
            Same(field, set, TextOf(fact.GetProperty("limits"), field));
        }
        Same("budget", BudgetOf(Protection.Message(rule, "retryBudget"u8, target, mesh)), BudgetIn(fact.GetProperty("limits")));
        var timeout = new Reader().Duration(pool["tcp"u8]["connectTimeout"u8]) ?? mesh.ConnectTimeout ?? TimeSpan.FromSeconds(10);
        Same("connectTimeout", timeout, new Reader().Duration(Node.Parse($"\"{TextOf(fact, "connectTimeout")}\"")) ?? default);

        void Same<T>(string what, T found, T expected)
        {
            if (!Equals(found, expected))
                differing.Add($"{where} {name}: {what} is {found}, Istio has {expected}");
        }
    }

    /// <summary>Every subset that the model gives a client has a cluster in Istio.</summary>
    private static void Missing(List<string> differing, IstioWorld world, JsonElement proxy, JsonElement clusters)
    {
        foreach (var host in clusters.EnumerateObject().Select(c => TargetOf(c.Name).Host).Distinct().ToList())
        {
            foreach (var subset in RuleOf(world.World, host, proxy)?.Subsets.Keys ?? [])
            {
                if (!clusters.EnumerateObject().Any(c => TargetOf(c.Name) is var (h, t) && h == host && t.Subset == subset))
                    differing.Add($"{world.Id} {proxy.GetProperty("name")} {host}: subset {subset} has no cluster in Istio");
            }
        }
    }

    private static void Gone(List<string> differing, string where, WorldSnapshot world, JsonElement proxy, string name)
    {
        var (host, target) = TargetOf(name);
        if (RuleOf(world, host, proxy) is { } rule && rule.Subsets.ContainsKey(target.Subset!))
            differing.Add($"{where} {name}: the subset is still there, in Istio it is not");
    }

    private static MergedRule? RuleOf(WorldSnapshot world, string host, JsonElement proxy)
    {
        var view = new View(world, new ObjectKey(ObjectKind.VirtualService, "none", "none"), default);
        var labels = proxy.TryGetProperty("labels", out var l) ? Node.Parse(l.GetRawText()) : default;
        return new HostPolicies(view).For(host, new Caller(proxy.GetProperty("namespace").GetString(), labels));
    }

    private static (string Host, Protection.Target Target) TargetOf(string cluster)
    {
        var parts = cluster.Split('|');
        return (parts[3], new Protection.Target(parts[2].Length > 0 ? parts[2] : null, long.Parse(parts[1], CultureInfo.InvariantCulture)));
    }

    private static string TextOf(JsonElement map, string key) => map.TryGetProperty(key, out var value) ? value.ToString() : "";

    private static string BudgetOf(Node budget) =>
        budget.Exists ? string.Create(CultureInfo.InvariantCulture, $"{new Reader().Number(budget["percent"u8]) ?? 20} %") : "";

    private static string BudgetIn(JsonElement limits) =>
        limits.TryGetProperty("retryBudget", out var budget)
            ? string.Create(CultureInfo.InvariantCulture, $"{budget.GetProperty("percent").GetDouble()} %")
            : "";
}
