using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

public sealed class ManagedRoutesTests
{
    private const string Id = "rollout-managed-routes";

    private static string Managing(string steps, string? managed = "[{'name': 'beta'}]", string status = "{}", string service = "api") =>
        Manifest.Canary(
            steps,
            $"'trafficRouting': {{'istio': {{'virtualService': {{'name': '{service}', 'routes': "
                + $"['primary']}}}}{(managed is null ? "" : $", 'managedRoutes': {managed}")}}}",
            status
        );

    [Theory]
    [InlineData("header 10", null, GuardAction.Deny, "spec.strategy.canary.trafficRouting.managedRoutes")]
    [InlineData("header 10", "[]", GuardAction.Deny, "spec.strategy.canary.trafficRouting.managedRoutes")]
    [InlineData("mirror 10", "[{'name': 'beta'}]", GuardAction.Deny, "spec.strategy.canary.trafficRouting.managedRoutes")]
    [InlineData("header 10", "[{'name': 'beta'}]", null, null)]
    [InlineData("header mirror 10", "[{'name': 'shadow'}, {'name': 'beta'}]", null, null)]
    [InlineData("header 10", "{}", null, null)]
    [InlineData("10", null, null, null)]
    public void The_route_of_a_step_must_be_listed(string steps, string? managed, GuardAction? action, string? path)
    {
        var judgements = Judge.Rule(Id, Managing(steps, managed));
        Assert.Equal(action, judgements.Action());
        if (path is not null)
            Assert.Equal(path, judgements[0].Path.ToText());
    }

    [Fact]
    public void Without_trafficRouting_nothing_can_be_listed() =>
        Assert.Equal("spec.strategy.canary.trafficRouting.managedRoutes", Assert.Single(Judge.Rule(Id, Manifest.Canary("header 10"))).Path.ToText());

    [Fact]
    public void A_route_that_is_set_and_taken_away_again_is_told_once() => Assert.Single(Judge.Rule(Id, Managing("header 10 header", null)));

    [Fact]
    public void A_step_without_a_name_is_denied_at_its_name() =>
        Assert.Equal(
            "spec.strategy.canary.steps[0].setHeaderRoute.name",
            Assert.Single(Judge.Rule(Id, Manifest.Rollout("{'canary': {'steps': [{'setHeaderRoute': {'match': []}}]}}"))).Path.ToText()
        );

    [Theory]
    [InlineData("{}", GuardAction.Deny)]
    [InlineData("{'stableRS': 'a', 'currentPodHash': 'a', 'phase': 'Healthy'}", GuardAction.Deny)]
    [InlineData("{'stableRS': 'a', 'currentPodHash': 'b', 'phase': 'Paused'}", null)]
    [InlineData("{'stableRS': 'a', 'currentPodHash': 'a', 'abort': true}", null)]
    public void A_managed_name_must_not_be_a_route_of_the_users_own(string status, GuardAction? action)
    {
        var service = Manifest.VirtualService("[{'name': 'beta', 'route': []}, {'name': 'primary', 'route': []}]");
        var judgements = Judge.Rule(Id, Managing("header 10", status: status), cluster: Judge.ClusterOf(service));
        Assert.Equal(action, judgements.Action());
        if (action is not null)
            Assert.Equal("spec.strategy.canary.trafficRouting.managedRoutes[0].name", judgements[0].Path.ToText());
    }

    [Fact]
    public void In_the_middle_of_a_rollout_Git_without_a_status_is_silent_too()
    {
        var service = Manifest.VirtualService("[{'name': 'beta', 'route': []}, {'name': 'primary', 'route': []}]");
        var old = Managing("header 10", status: "{'stableRS': 'a', 'currentPodHash': 'b'}");
        Assert.Empty(Judge.Rule(Id, Managing("header 20"), old, Judge.ClusterOf(service)));
    }

    [Theory]
    [InlineData("api.edge")]
    [InlineData("api.edge.cluster.local")]
    public void The_VirtualService_may_be_in_another_namespace(string name)
    {
        var service = Manifest.VirtualService("[{'name': 'beta', 'route': []}]", @namespace: "edge");
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Managing("header 10", service: name), cluster: Judge.ClusterOf(service)).Action());
        Assert.Empty(Judge.Rule(Id, Managing("header 10"), cluster: Judge.ClusterOf(service)));
    }

    [Theory]
    [InlineData("[{'name': 'primary'}, {'name': 'rest'}]", null)]
    [InlineData("[{'name': 'primary'}, {'route': []}]", null)]
    [InlineData("[{'route': []}]", null)]
    [InlineData("[]", null)]
    [InlineData("'none'", null)]
    [InlineData("[{'route': []}, {'route': []}]", "spec.http[1].name")]
    [InlineData("[{'name': ''}, {'name': 'primary'}, {'route': []}]", "spec.http[2].name")]
    [InlineData("[{'name': 'primary'}, {'name': 'rest'}, {'name': 'primary'}]", "spec.http[2].name")]
    [InlineData("[{'name': 'primary'}, {'name': 'primary'}, {'name': 'primary'}]", "spec.http[1].name")]
    public void Routes_that_Argo_cannot_tell_apart_are_denied_on_the_VirtualService(string http, string? path)
    {
        var judgements = Judge.Rule(Id, Manifest.VirtualService(http), cluster: Judge.ClusterOf(Managing("header 10")));
        Assert.Equal(path is null ? null : GuardAction.Deny, judgements.Action());
        if (path is not null)
            Assert.Equal(path, judgements[0].Path.ToText());
    }

    [Fact]
    public void They_are_denied_on_the_Rollout_that_begins_to_manage_routes()
    {
        var service = Judge.ClusterOf(Manifest.VirtualService("[{'route': []}, {'route': []}]"));
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Managing("header 10"), old: Managing("10", null), cluster: service).Action());
        Assert.Empty(Judge.Rule(Id, Managing("10", null), cluster: service));
    }

    [Fact]
    public void Without_managed_routes_names_do_not_matter()
    {
        const string routes = "[{'route': []}, {'route': []}]";
        Assert.Empty(Judge.Rule(Id, Manifest.VirtualService(routes), cluster: Judge.ClusterOf(Managing("10", null))));
        Assert.Empty(Judge.Rule(Id, Manifest.VirtualService(routes)));
        Assert.Empty(Judge.Rule(Id, Manifest.VirtualService(routes, "other"), cluster: Judge.ClusterOf(Managing("header 10"))));
    }

    [Fact]
    public void A_VirtualService_that_had_them_may_be_edited_and_one_more_is_worse()
    {
        var cluster = Judge.ClusterOf(Managing("header 10"));
        var old = Manifest.VirtualService("[{'route': []}, {'route': []}]");
        Assert.Equal(
            GuardAction.Warn,
            Judge.Rule(Id, Manifest.VirtualService("[{'route': []}, {'route': [], 'timeout': '5s'}]"), old, cluster).Action()
        );
        Assert.Equal(
            GuardAction.Deny,
            Judge.Rule(Id, Manifest.VirtualService("[{'route': []}, {'route': []}, {'route': []}]"), old, cluster).Action()
        );
    }
}
