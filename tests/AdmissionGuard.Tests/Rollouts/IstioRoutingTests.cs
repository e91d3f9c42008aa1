using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Tests.Rules.Rollout;

namespace AdmissionGuard.Tests.Rollouts;

public sealed class IstioRoutingTests
{
    [Theory]
    [InlineData("api", "shop/api")]
    [InlineData("api.edge", "edge/api")]
    [InlineData("api.v2.edge", "edge/api.v2")]
    [InlineData("api.edge.cluster.local", "edge/api")]
    public void A_name_may_carry_its_namespace_as_Argo_reads_it(string name, string key) =>
        Assert.Equal([key], Keys($"'virtualService': {{'name': '{name}'}}"));

    [Fact]
    public void Several_are_read_with_their_routes()
    {
        var routing = Routing(
            "'virtualServices': [{'name': 'api', 'routes': ['primary', 'rest']}, {'name': 'web.edge'}, {'routes': []}, 'junk', {'name': 5}]"
        );
        Assert.Equal(
            ["shop/api:primary,rest", "edge/web:"],
            routing.VirtualServices.Select(v => $"{v.Key.Namespace}/{v.Key.Name}:{string.Join(',', v.Routes)}")
        );
    }

    [Theory]
    [InlineData("'virtualService': {}")]
    [InlineData("'virtualService': 'api'")]
    [InlineData("'virtualService': {'name': ''}")]
    [InlineData("'destinationRule': {'name': 'api'}")]
    public void Without_a_name_there_is_none(string istio) => Assert.Empty(Keys(istio));

    [Fact]
    public void The_names_of_both_sides_are_read()
    {
        var routing = new IstioRouting(
            Judge.Json(
                Manifest.Canary(
                    "10",
                    "'canaryService': 'api-canary', 'stableService': 'api-stable', 'trafficRouting': {'managedRoutes': [{'name': 'beta'}, {}, "
                        + "'junk'], "
                        + "'istio': {'destinationRule': {'name': 'api', 'canarySubsetName': 'canary', 'stableSubsetName': 'stable'}}}"
                )
            ),
            "shop"
        );
        Assert.Equal(
            ("canary", "stable", "api-canary", "api-stable"),
            (routing.CanarySubset, routing.StableSubset, routing.CanaryService, routing.StableService)
        );
        Assert.Equal(["beta"], routing.ManagedRoutes);
    }

    private static IEnumerable<string> Keys(string istio) => Routing(istio).VirtualServices.Select(v => $"{v.Key.Namespace}/{v.Key.Name}");

    private static IstioRouting Routing(string istio) =>
        new(Judge.Json(Manifest.Canary("10", $"'trafficRouting': {{'istio': {{{istio}}}}}")), "shop");
}
