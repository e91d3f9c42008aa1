using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

public sealed class StepIncreaseTests
{
    private const string Id = "rollout-step-increase";

    private static string Routed(string steps, string? also = null) =>
        Manifest.Canary(steps, also is null ? Manifest.Istio : $"{Manifest.Istio}, {also}");

    [Theory]
    [InlineData("5 100", GuardAction.Deny)]
    [InlineData("5 pause:1h 100", GuardAction.Deny)]
    [InlineData("25 pause:1h", GuardAction.Deny)]
    [InlineData("100", GuardAction.Deny)]
    [InlineData("0 pause:1s 100", GuardAction.Deny)]
    [InlineData("pause:5m", GuardAction.Deny)]
    [InlineData("scale header", GuardAction.Deny)]
    [InlineData("40 pause:5m 10 pause:5m 90 pause:5m", GuardAction.Deny)]
    [InlineData("5 scale header mirror pause:1h 100", GuardAction.Deny)]
    [InlineData("5 analysis 5 100", GuardAction.Warn)]
    [InlineData("5 wait 100", GuardAction.Warn)]
    [InlineData("5 experiment 100", GuardAction.Warn)]
    [InlineData("5 plugin 100", GuardAction.Warn)]
    [InlineData("25 pause:1m wait", GuardAction.Warn)]
    [InlineData("wait", GuardAction.Warn)]
    [InlineData("50 pause:5m", null)]
    [InlineData("5 pause:2m 10 pause:3m 25 pause:5m 50 pause:5m 75 pause:5m", null)]
    [InlineData("50 10 60 100", GuardAction.Deny)]
    [InlineData("50 pause:1m 10 60 pause:1m 100", null)]
    [InlineData("'5' pause:5m 100", null)]
    [InlineData("", null)]
    public void Growth_at_once_is_limited_the_promotion_included(string steps, GuardAction? action) =>
        Assert.Equal(action, Judge.Rule(Id, Routed(steps)).Action());

    [Theory]
    [InlineData("5 pause:30 100", GuardAction.Warn)]
    [InlineData("5 pause:29 100", GuardAction.Deny)]
    [InlineData("5 100", GuardAction.Deny)]
    [InlineData("5 pause:soon 100", GuardAction.Warn)]
    [InlineData("pause:1h", GuardAction.Deny)]
    public void A_background_analysis_can_stop_what_it_had_time_to_see(string steps, GuardAction action) =>
        Assert.Equal(action, Judge.Rule(Id, Routed(steps, Manifest.Background)).Action());

    [Theory]
    [InlineData("5 wait 100", "only the pause without duration before it can stop it")]
    [InlineData("5 analysis 100", "only the analysis before it can stop it")]
    [InlineData("5 experiment 100", "only the experiment before it can stop it")]
    [InlineData("5 plugin 100", "only the plugin before it can stop it")]
    public void Advice_names_the_gate(string steps, string end) =>
        Assert.EndsWith(end, Assert.Single(Judge.Rule(Id, Routed(steps))).Finding.Message, StringComparison.Ordinal);

    [Fact]
    public void A_pause_that_cannot_be_read_is_no_gate() => Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Routed("5 pause:soon 100")).Action());

    [Fact]
    public void The_written_step_is_named_by_its_weight()
    {
        var judgement = Assert.Single(Judge.Rule(Id, Routed("5 pause:1m 100")));
        Assert.Equal("spec.strategy.canary.steps[2].setWeight", judgement.Path.ToText());
        Assert.Equal("the new version's share grows by 95 points at once, from 5 % to 100 % of users, at most 50 allowed", judgement.Finding.Message);
        Assert.Equal("- setWeight: 55\n- pause: {duration: 5m}\n- setWeight: 100", judgement.Finding.Remedy);
    }

    [Fact]
    public void The_promotion_that_nobody_wrote_is_named_by_the_list()
    {
        var judgement = Assert.Single(Judge.Rule(Id, Routed("25 pause:1m")));
        Assert.Equal("spec.strategy.canary.steps", judgement.Path.ToText());
        Assert.Equal("- setWeight: 75   # after the last step\n- pause: {duration: 5m}", judgement.Finding.Remedy);
    }

    [Theory]
    [InlineData("100", 50)]
    [InlineData("5 100", 50)]
    [InlineData("100", 30)]
    [InlineData("5 100", 30)]
    [InlineData("pause:1m", 30)]
    [InlineData("3 pause:1m", 20)]
    public void Its_remedy_mends_it(string steps, int max)
    {
        var parameters = $"{{'maxIncrease': {max}}}";
        var remedy = Assert.Single(Judge.Rule(Id, Routed(steps), parameters: parameters)).Finding.Remedy!;
        var weights = remedy.Split('\n').Where(l => l.Contains("setWeight", StringComparison.Ordinal)).Select(l => l.Split(' ')[2]);
        var kept = steps.EndsWith("100", StringComparison.Ordinal) ? steps[..^3] : steps;
        Assert.Empty(Judge.Rule(Id, Routed($"{kept} {string.Join(" pause:5m ", weights)} pause:5m"), parameters: parameters));
    }

    [Fact]
    public void Each_growth_is_told_once_and_known_again_elsewhere()
    {
        var judgements = Judge.Rule(Id, Routed("5 pause:1m 60 pause:1m 0 pause:1m 60 pause:1m"));
        Assert.Equal(["5->60", "0->60"], judgements.Select(j => j.Finding.Key));
        Assert.Equal(GuardAction.Warn, Judge.Rule(Id, Routed("1 pause:1m 5 pause:2m 60 pause:1m"), old: Routed("5 pause:1m 60 pause:1m")).Action());
    }

    [Fact]
    public void To_take_the_gate_away_is_a_new_fault() =>
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Routed("5 pause:1h 100"), old: Routed("5 wait 100")).Action());

    [Fact]
    public void A_canary_without_steps_and_blue_green_are_other_rules_matters()
    {
        Assert.Empty(Judge.Rule(Id, Manifest.Rollout("{'canary': {}}")));
        Assert.Empty(Judge.Rule(Id, Manifest.BlueGreen("")));
    }

    [Fact]
    public void Fractions_of_maxTrafficWeight_do_not_round_into_a_fault() =>
        Assert.Empty(
            Judge.Rule(
                Id,
                Manifest.Canary("103 pause:1m 403 pause:1m 703 pause:1m", "'trafficRouting': {'nginx': {}, 'maxTrafficWeight': 1000}"),
                parameters: "{'maxIncrease': 30}"
            )
        );
}
