using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

public sealed class FirstStepTests
{
    private const string Id = "rollout-first-step";

    [Theory]
    [InlineData("100", GuardAction.Deny)]
    [InlineData("51 pause:1h", GuardAction.Deny)]
    [InlineData("0 pause:1s 100", GuardAction.Deny)]
    [InlineData("wait 100", GuardAction.Deny)]
    [InlineData("analysis 100", GuardAction.Deny)]
    [InlineData("1000", GuardAction.Deny)]
    [InlineData("50 pause:1h", null)]
    [InlineData("1 100", GuardAction.Deny)]
    [InlineData("1 pause:1s 100", null)]
    [InlineData("pause:1h", null)]
    [InlineData("0", null)]
    [InlineData("'5' 100", null)]
    [InlineData("", null)]
    public void The_first_weight_above_0_is_limited(string steps, GuardAction? action) =>
        Assert.Equal(action, Judge.Rule(Id, Manifest.Canary(steps)).Action());

    [Fact]
    public void Whoever_may_not_read_autoscalers_loses_no_denial()
    {
        var cluster = Core.Evaluation.Cluster.Live.WithIncomplete([ObjectKind.HorizontalPodAutoscaler]);
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Manifest.Canary("100"), cluster: cluster).Action());
    }

    [Fact]
    public void It_says_what_is_sent_and_what_may_be()
    {
        var judgement = Assert.Single(Judge.Rule(Id, Manifest.Canary("wait 100")));
        Assert.Equal("the first step sends 100 % of users to the new version, at most 50 % allowed", judgement.Finding.Message);
        Assert.Equal("- setWeight: 10\n- pause: {duration: 5m}", judgement.Finding.Remedy);
        Assert.Equal("spec.strategy.canary.steps[1].setWeight", judgement.Path.ToText());
    }

    [Theory]
    [InlineData("500 pause:1m", null)]
    [InlineData("501 pause:1m", GuardAction.Deny)]
    public void Weights_are_out_of_maxTrafficWeight(string steps, GuardAction? action) =>
        Assert.Equal(action, Judge.Rule(Id, Manifest.Canary(steps, "'trafficRouting': {'nginx': {}, 'maxTrafficWeight': 1000}")).Action());

    [Fact]
    public void The_remedy_is_out_of_maxTrafficWeight_too() =>
        Assert.StartsWith(
            "- setWeight: 100\n",
            Assert
                .Single(Judge.Rule(Id, Manifest.Canary("800 pause:1m", "'trafficRouting': {'nginx': {}, 'maxTrafficWeight': 1000}")))
                .Finding.Remedy,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_policy_may_allow_less() =>
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Manifest.Canary("30 pause:1m"), parameters: "{'maxFirstWeight': 25}").Action());

    [Fact]
    public void Less_than_before_is_no_worse_and_more_is() // the ratchet
    {
        Assert.Equal(GuardAction.Warn, Judge.Rule(Id, Manifest.Canary("80 pause:1m"), old: Manifest.Canary("100")).Action());
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Manifest.Canary("100"), old: Manifest.Canary("80 pause:1m")).Action());
    }

    [Fact]
    public void Blue_green_is_another_rules_matter() => Assert.Empty(Judge.Rule(Id, Manifest.BlueGreen("")));
}
