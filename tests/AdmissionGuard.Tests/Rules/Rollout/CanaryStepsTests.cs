using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

public sealed class CanaryStepsTests
{
    private const string Id = "rollout-canary-steps";

    [Theory]
    [InlineData("{'canary': {'trafficRouting': {'istio': {}}}}", GuardAction.Deny)]
    [InlineData("{'canary': {'trafficRouting': {'istio': {}}, 'steps': []}}", GuardAction.Deny)]
    [InlineData("{'canary': {'trafficRouting': {'istio': {}}, 'steps': null}}", GuardAction.Deny)]
    [InlineData("{'canary': {'trafficRouting': {'istio': {}}, 'analysis': {'templates': [{'templateName': 'a'}]}}}", GuardAction.Deny)]
    [InlineData("{'canary': {}}", GuardAction.Warn)]
    [InlineData("{'canary': {'maxSurge': 1, 'steps': []}}", GuardAction.Warn)]
    [InlineData("{'canary': {'trafficRouting': {'istio': {}}, 'steps': [{'setWeight': 10}]}}", null)]
    [InlineData("{'canary': {'trafficRouting': {'istio': {}}, 'steps': {}}}", null)]
    [InlineData("{'blueGreen': {'activeService': 'api'}}", null)]
    [InlineData("{}", null)]
    [InlineData("null", null)]
    public void A_canary_without_steps_is_denied_where_traffic_is_routed(string strategy, GuardAction? action) =>
        Assert.Equal(action, Judge.Rule(Id, Manifest.Rollout(strategy)).Action());

    [Fact]
    public void It_points_to_the_steps_that_are_missing() =>
        Assert.Equal("spec.strategy.canary.steps", Assert.Single(Judge.Rule(Id, Manifest.Rollout("{'canary': {}}"))).Path.ToText());

    [Fact]
    public void Routing_the_traffic_of_an_old_rolling_update_is_a_new_fault() =>
        Assert.Equal(
            GuardAction.Deny,
            Judge.Rule(Id, Manifest.Rollout("{'canary': {'trafficRouting': {'istio': {}}}}"), old: Manifest.Rollout("{'canary': {}}")).Action()
        );
}
