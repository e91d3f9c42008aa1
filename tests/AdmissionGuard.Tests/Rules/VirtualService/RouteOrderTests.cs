using System.Diagnostics;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

public sealed class RouteOrderTests
{
    private const string Id = "virtual-service-route-order";

    private static string Route(string name, string match, string host = "api") =>
        $"{{'name': '{name}', 'match': [{match}], 'route': [{{'destination': {{'host': '{host}'}}}}]}}";

    private static string Two(string first, string second) => Vs.Http($"{Route("first", first, "a")}, {Route("second", second, "b")}");

    [Theory]
    [InlineData("{'uri': {'prefix': '/'}}", "{'uri': {'exact': '/a'}, 'port': 80}")]
    [InlineData("{'uri': {'prefix': '/a'}}", "{'uri': {'prefix': '/ab'}}")]
    [InlineData("{'uri': {'exact': '/a'}}", "{'uri': {'exact': '/a'}, 'method': {'exact': 'GET'}}")]
    [InlineData("{'uri': {'regex': '^/.*$'}}", "{'uri': {'regex': '/x[0-9]'}}")]
    [InlineData("{'uri': {'regex': '/x[0-9]'}}", "{'uri': {'regex': '/x[0-9]'}}")]
    [InlineData("{'headers': {'a': {'exact': '1'}}, 'port': 80}", "{'port': 80, 'headers': {'a': {'exact': '1'}}}")]
    [InlineData("{'uri': {'prefix': '/'}}", "{'uri': {'prefix': '/A'}, 'ignoreUriCase': true}")]
    public void The_second_is_never_reached(string first, string second) =>
        Assert.Contains(Judge.Rule(Id, Two(first, second)), j => j.Finding.Key == "http:first dead" && j.Action == GuardAction.Warn);

    [Theory]
    [InlineData("{'uri': {'prefix': '/ab'}}", "{'uri': {'prefix': '/a'}}")]
    [InlineData("{'uri': {'exact': '/a'}}", "{'uri': {'prefix': '/a'}}")]
    [InlineData("{'uri': {'prefix': '/a'}}", "{'uri': {'prefix': '/a'}, 'ignoreUriCase': true}")]
    [InlineData("{'uri': {'prefix': '/a'}, 'port': 80}", "{'uri': {'prefix': '/a'}}")]
    [InlineData("{'uri': {'regex': '/b.*'}}", "{'uri': {'exact': '/a/b'}}")]
    [InlineData("{'headers': {'a': {'exact': '1'}}}", "{'headers': {'a': {'exact': '2'}}}")]
    [InlineData("'junk'", "null")]
    [InlineData("{'uri': 'junk'}", "{'uri': {'prefix': 5}}")]
    public void The_second_may_be_reached(string first, string second) => Assert.Empty(Judge.Rule(Id, Two(first, second)));

    [Fact]
    public void Entries_of_one_route_may_be_taken_by_several() =>
        Assert.Single(
            Judge.Rule(
                Id,
                Vs.Http(
                    $"{Route("a", "{'uri': {'prefix': '/a'}}")}, {Route("b", "{'uri': {'prefix': '/b'}}")}, "
                        + $"{Route("c", "{'uri': {'exact': '/a/x'}}, {'uri': {'exact': '/b/x'}}")}"
                )
            )
        );

    [Fact]
    public void A_renamed_route_takes_no_more_than_before()
    {
        var rollout = Judge.ClusterOf(
            "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'api', 'namespace': 'shop'}, 'spec': {'strategy': "
                + "{'canary': {'trafficRouting': {'istio': {'virtualService': {'name': 'api', 'routes': ['primary']}}}}}}}"
        );
        var old = Vs.Http($"{Route("all", "{}")}, {Route("primary", "{}")}");
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule(Id, old, cluster: rollout)).Action);
        var renamed = Assert.Single(Judge.Rule(Id, old.Replace("'all'", "'everybody'", StringComparison.Ordinal), old, rollout));
        Assert.Equal((GuardAction.Warn, Because.Ratchet), (renamed.Action, renamed.Because));
    }

    [Fact]
    public void Moving_a_route_to_the_front_is_denied_once_and_a_warning_afterwards()
    {
        var (rest, cart) = (Route("rest", "{}", "web"), Route("cart", "{'uri': {'prefix': '/cart'}}", "cart"));
        var (good, bad) = (Vs.Http($"{cart}, {rest}"), Vs.Http($"{rest}, {cart}"));
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule(Id, bad, good)).Action);
        Assert.Equal(GuardAction.Warn, Assert.Single(Judge.Rule(Id, bad.Replace("'web'", "'web2'", StringComparison.Ordinal), bad)).Action);
        Assert.Empty(Judge.Rule(Id, good, bad));
    }

    [Fact]
    public void Ten_thousand_routes_are_one_finding_at_once()
    {
        var routes = string.Join(", ", Enumerable.Range(0, 10_000).Select(i => Route($"r{i}", $"{{'uri': {{'prefix': '/p{i}/'}}}}")));
        var (old, @new) = (Vs.Http(routes), Vs.Http($"{Route("all", "{}", "x")}, {routes}"));
        var clock = Stopwatch.StartNew();
        var unlimited = Cluster.Empty.With(GuardSettings.Default with { Limits = ObjectLimits.Most });
        Assert.Equal(10_000, Assert.Single(Judge.Rule(Id, @new, old, unlimited)).Finding.Excess);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }
}
