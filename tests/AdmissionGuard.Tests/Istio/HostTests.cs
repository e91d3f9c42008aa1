using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Istio;

public sealed class HostTests
{
    [Theory]
    [InlineData("api", "api.shop.svc.cluster.local")]
    [InlineData("api.shop.svc.cluster.local", "api.shop.svc.cluster.local")]
    [InlineData("reviews.prod", "reviews.prod")]
    [InlineData("api.example.com", "api.example.com")]
    [InlineData("*", "*")]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("fd00::1", "fd00::1")]
    [InlineData("", "")]
    public void Only_a_host_without_a_dot_is_completed(string host, string expected) =>
        Assert.Equal(expected, MeshHost.Qualify(host, "shop", "cluster.local"));

    [Theory]
    [InlineData("api", true)]
    [InlineData("api.shop.svc.cluster.local", true)]
    [InlineData("API.shop.SVC.Cluster.Local", false)]
    [InlineData("reviews.prod", false)]
    [InlineData("reviews.prod.svc", false)]
    [InlineData("api.shop.svc.cluster.local.", false)]
    [InlineData("api.shop.svc.other.domain", false)]
    [InlineData("api.shopsvc.cluster.local", false)]
    [InlineData("cluster.local", false)]
    [InlineData("*.shop.svc.cluster.local", false)]
    [InlineData("*", false)]
    [InlineData("fd00::1", false)]
    [InlineData("", false)]
    public void In_mesh_is_short_or_fully_qualified(string host, bool expected) => Assert.Equal(expected, MeshHost.IsInMesh(host, "cluster.local"));

    [Theory]
    [InlineData("api", true)]
    [InlineData("api.shop.svc.cluster.local", true)]
    [InlineData("*", true)]
    [InlineData("*.local", true)]
    [InlineData("*.SVC.cluster.local", false)]
    [InlineData("*.shop.svc.cluster.local", true)]
    [InlineData("*.example.com", false)]
    [InlineData("*.svc.other.domain", false)]
    [InlineData("api.example.com", false)]
    [InlineData("", false)]
    public void A_wildcard_covers_the_mesh_if_a_service_can_match_it(string host, bool expected) =>
        Assert.Equal(expected, MeshHost.CoversMesh(host, "cluster.local"));

    [Fact]
    public void The_domain_of_the_settings_counts()
    {
        Assert.Equal("api.shop.svc.mesh.corp", MeshHost.Qualify("api", "shop", "mesh.corp"));
        Assert.True(MeshHost.IsInMesh("api.shop.svc.mesh.corp", "mesh.corp"));
        Assert.False(MeshHost.IsInMesh("api.shop.svc.cluster.local", "mesh.corp"));
    }

    [Theory]
    [InlineData("{'host': 'api'}", false, true)]
    [InlineData("{'host': 'api', 'trafficPolicy': {}}", false, true)]
    [InlineData("{'host': 'api', 'trafficPolicy': {'portLevelSettings': []}}", false, true)]
    [InlineData("{'host': 'api', 'trafficPolicy': {'tls': {'mode': 'ISTIO_MUTUAL'}}}", true, false)]
    [InlineData("{'host': 'api', 'trafficPolicy': {'tls': {'mode': 'ISTIO_MUTUAL'}, 'connectionPool': null}}", true, false)]
    [InlineData("{'host': 'api', 'trafficPolicy': {'portLevelSettings': [{'port': {'number': 443}, 'tls': {'mode': 'SIMPLE'}}]}}", true, false)]
    [InlineData("{'host': 'api', 'trafficPolicy': {'tls': {}, 'portLevelSettings': [{'port': {'number': 443}, 'loadBalancer': {}}]}}", false, true)]
    [InlineData("{'host': 'api', 'trafficPolicy': {'tls': {}}, 'subsets': [{'name': 'v1', 'labels': {'version': 'v1'}}]}", false, true)]
    [InlineData("{'host': 'api', 'trafficPolicy': {'tls': {}, 'retryBudget': {}}}", false, true)]
    [InlineData("{'host': 'api', 'trafficPolicy': {'loadBalancer': {'simple': 'PASSTHROUGH'}}}", false, false)]
    [InlineData("{'host': '*.shop.svc.cluster.local'}", true, false)]
    [InlineData("{'host': 'api.example.com'}", true, false)]
    [InlineData("{'host': 5}", true, false)]
    [InlineData("{}", true, false)]
    public void What_is_no_single_service_of_the_mesh_is_advice(string spec, bool advice, bool repairable)
    {
        var scope = new HostScope(
            new KubeObject(new ObjectKey(ObjectKind.DestinationRule, "shop", "api"), Judge.Json($"{{'spec': {spec}}}"), GuardSettings.Default)
        );
        Assert.Equal((advice, repairable), (scope.IsAdvice, scope.IsRepairable));
    }

    [Fact]
    public void Nothing_is_repaired_in_the_root_namespace()
    {
        var scope = new HostScope(
            new KubeObject(
                new ObjectKey(ObjectKind.DestinationRule, "istio-system", "api"),
                Judge.Json("{'spec': {'host': 'api.shop.svc.cluster.local'}}"),
                GuardSettings.Default
            )
        );
        Assert.Equal((false, false), (scope.IsAdvice, scope.IsRepairable));
    }
}
