using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Tests.Istio;

/// <summary>Which DestinationRules a caller gets (docs/facts/istio.md#destination-rule-lookup).</summary>
public sealed class HostPoliciesTests
{
    private const string Host = "api.shop.svc.cluster.local";

    [Theory]
    [InlineData("web", "web/api")]
    [InlineData("shop", "shop/api")]
    [InlineData("other", "shop/api")]
    [InlineData(null, "shop/api")]
    [InlineData("istio-system", "shop/api")]
    public void The_callers_namespace_goes_first_then_the_services_then_the_root(string? client, string expected)
    {
        var cluster = WorldSnapshot.Live;
        cluster = Add(cluster, "istio-system", "all", "*.local");
        cluster = Add(cluster, "shop", "api", "api");
        cluster = Add(cluster, "web", "api", Host);
        Assert.Equal([expected], Names(cluster, client));
        Assert.Equal(["istio-system/all"], Names(cluster, client, "other.shop.svc.cluster.local"));
    }

    [Fact]
    public void Within_a_namespace_the_most_specific_host_hides_the_wider_ones()
    {
        var cluster = Add(
            Add(Add(WorldSnapshot.Live, "shop", "wide", "*.svc.cluster.local"), "shop", "narrow", "*.shop.svc.cluster.local"),
            "shop",
            "api",
            "api"
        );
        Assert.Equal(["shop/api"], Names(cluster, null));
        Assert.Equal(["shop/narrow"], Names(cluster, null, "other.shop.svc.cluster.local"));
    }

    [Fact]
    public void What_is_not_exported_to_a_caller_is_not_there_for_it()
    {
        var cluster = Add(Add(WorldSnapshot.Live, "shop", "api", "api", "'exportTo': ['.', 'web']"), "istio-system", "all", "*.local");
        Assert.Equal(["shop/api"], Names(cluster, "shop"));
        Assert.Equal(["shop/api"], Names(cluster, "web"));
        Assert.Equal(["istio-system/all"], Names(cluster, "other"));
        Assert.Equal(["istio-system/all"], Names(cluster, null));
    }

    [Fact]
    public void Rules_for_the_same_clients_are_one_whose_policy_is_the_oldest_and_whose_subsets_are_of_all()
    {
        var cluster = Add(
            WorldSnapshot.Live,
            "shop",
            "a",
            "api",
            "'trafficPolicy': {'outlierDetection': {}}, 'subsets': [{'name': 'v1'}]",
            "2025-02-01T00:00:00Z"
        );
        cluster = Add(
            cluster,
            "shop",
            "b",
            "api",
            "'trafficPolicy': {'tls': {}}, 'subsets': [{'name': 'v1', 'labels': {'x': 'y'}}, {'name': 'v2'}]",
            "2025-01-01T00:00:00Z"
        );
        var merged = Assert.Single(new HostPolicies(View(cluster)).For(Host, null));
        Assert.Equal(["b", "a"], merged.Parts.Select(p => p.Key.Name));
        Assert.True(merged.Policy["tls"u8].Exists);
        Assert.False(merged.Policy["outlierDetection"u8].Exists);
        Assert.Equal(["v1", "v2"], merged.Subsets.Keys.Order());
        Assert.True(merged.Subsets["v1"].Node["labels"u8].Exists);
    }

    [Fact]
    public void A_rule_for_some_pods_hides_the_services_rule_from_all_pods_of_the_namespace()
    {
        var cluster = Add(
            Add(WorldSnapshot.Live, "web", "batch", Host, "'workloadSelector': {'matchLabels': {'app': 'batch'}}"),
            "shop",
            "api",
            "api"
        );
        Assert.Equal(["web/batch"], Names(cluster, "web"));
        var policies = new HostPolicies(View(cluster));
        Assert.Equal("batch", policies.For(Host, new Caller("web", Judge.Json("{'app': 'batch'}")))!.Parts[0].Key.Name);
        Assert.Null(policies.For(Host, new Caller("web")));
        Assert.Equal(["shop/api"], Names(cluster, "other"));
    }

    [Fact]
    public void A_host_of_a_service_entry_belongs_to_its_namespace()
    {
        var cluster = Add(WorldSnapshot.Live, "egress", "rates", "api.rates.example");
        Assert.Empty(Names(cluster, "web", "api.rates.example"));
        cluster = cluster.With(new ObjectKey(ObjectKind.ServiceEntry, "egress", "rates"), Judge.Json("{'spec': {'hosts': ['*.rates.example']}}"));
        Assert.Equal(["egress/rates"], Names(cluster, "web", "api.rates.example"));
    }

    [Fact]
    public void Another_object_may_stand_in_for_the_one_under_review()
    {
        var mine = new ObjectKey(ObjectKind.DestinationRule, "shop", "api");
        var policies = new HostPolicies(new View(Add(WorldSnapshot.Live, "shop", "api", "old"), mine, Rule("api")));
        Assert.NotEmpty(policies.For(Host, null));
        Assert.Empty(policies.With(mine, default).For(Host, null));
        Assert.Empty(policies.With(mine, Rule("other")).For(Host, null));
        Assert.NotEmpty(policies.With(mine, Rule("other")).For("other.shop.svc.cluster.local", null));
    }

    private static WorldSnapshot Add(
        WorldSnapshot cluster,
        string @namespace,
        string name,
        string host,
        string more = "'exportTo': ['*']",
        string? created = null
    ) => cluster.With(new ObjectKey(ObjectKind.DestinationRule, @namespace, name), Rule(host, more, created));

    private static Node Rule(string host, string more = "'exportTo': ['*']", string? created = null) =>
        Judge.Json($"{{'metadata': {{{(created is null ? "" : $"'creationTimestamp': '{created}'")}}}, 'spec': {{'host': '{host}', {more}}}}}");

    private static View View(WorldSnapshot cluster) => new(cluster, new ObjectKey(ObjectKind.VirtualService, "shop", "api"), default);

    private static IEnumerable<string> Names(WorldSnapshot cluster, string? client, string host = Host) =>
        new HostPolicies(View(cluster)).For(host, client).SelectMany(m => m.Parts).Select(p => $"{p.Key.Namespace}/{p.Key.Name}");
}
