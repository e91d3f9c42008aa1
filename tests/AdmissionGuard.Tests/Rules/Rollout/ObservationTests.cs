using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

public sealed class ObservationTests
{
    private const string Id = "rollout-observation";

    [Theory]
    [InlineData("5 20 pause:10m", "nothing stands between 5 % and 20 % of users, a pause of at least 30s or an analysis step is needed")]
    [InlineData(
        "5 scale header mirror 20 pause:10m",
        "nothing stands between 5 % and 20 % of users, a pause of at least 30s or an analysis step is needed"
    )]
    [InlineData("5 nothing 20 pause:10m", "nothing stands between 5 % and 20 % of users, a pause of at least 30s or an analysis step is needed")]
    [InlineData(
        "5 pause:0 20 pause:10m",
        "the pause between 5 % and 20 % of users lasts 0s and ends at once, at least 30s or an analysis step is needed"
    )]
    [InlineData(
        "5 pause:999ms 20 pause:10m",
        "the pause between 5 % and 20 % of users lasts 0s and ends at once, at least 30s or an analysis step is needed"
    )]
    [InlineData("5 pause:10 20 pause:10m", "the pause between 5 % and 20 % of users lasts 10s, at least 30s or an analysis step is needed")]
    [InlineData(
        "50",
        "nothing stands between 50 % of users and the promotion to 100 % after the last step, a pause of at least 30s or an analysis step is needed"
    )]
    [InlineData(
        "50 pause:1s",
        "the pause between 50 % of users and the promotion to 100 % after the last step lasts 1s, at least 30s or an analysis step is needed"
    )]
    public void No_time_between_two_increases_is_a_warning(string steps, string message)
    {
        var judgement = Assert.Single(Judge.Rule(Id, Manifest.Canary(steps)));
        Assert.Equal((GuardAction.Warn, message), (judgement.Action, judgement.Finding.Message));
    }

    [Theory]
    [InlineData("5 analysis 20 pause:10m")]
    [InlineData("5 experiment 20 pause:10m")]
    [InlineData("5 plugin 20 pause:10m")]
    [InlineData("5 wait 20 pause:10m")]
    [InlineData("5 pause:30 20 pause:10m")]
    [InlineData("5 pause:20 pause:20 20 pause:10m")]
    [InlineData("5 pause:5m 5 20 pause:5m")]
    [InlineData("50 pause:10m 10 60 pause:10m")]
    [InlineData("5 pause:10m 20 pause:10m 100")]
    [InlineData("5 pause:soon 20 pause:10m")]
    [InlineData("5 word 20 pause:10m")]
    [InlineData("5 '10' 20 pause:10m")]
    [InlineData("100")]
    [InlineData("0 100")]
    [InlineData("pause:5m")]
    [InlineData("")]
    public void Time_a_gate_or_what_nobody_knows_passes(string steps) => Assert.Empty(Judge.Rule(Id, Manifest.Canary(steps)));

    [Theory]
    [InlineData("5 20 pause:10m", GuardAction.Warn)]
    [InlineData("5 pause:0 20 pause:10m", GuardAction.Warn)]
    [InlineData("5 pause:500ms 20 pause:10m", GuardAction.Warn)]
    [InlineData("5 pause:1s 20 pause:1s", null)]
    [InlineData("50", GuardAction.Warn)]
    public void A_background_analysis_needs_time_but_no_minimum(string steps, GuardAction? action) =>
        Assert.Equal(action, Judge.Rule(Id, Manifest.Canary(steps, Manifest.Background)).Action());

    [Fact]
    public void A_background_analysis_that_begins_later_does_not_count_before() =>
        Assert.Equal(
            GuardAction.Warn,
            Judge
                .Rule(Id, Manifest.Canary("5 pause:10 20 pause:10m", "'analysis': {'startingStep': 2, 'templates': [{'templateName': 'a'}]}"))
                .Action()
        );

    [Theory]
    [InlineData("5 pause:2m 50 pause:2m", GuardAction.Warn)]
    [InlineData("pause:10m 5 pause:2m 50 pause:2m", GuardAction.Warn)]
    [InlineData("wait 5 pause:2m 50 pause:2m", GuardAction.Warn)]
    [InlineData("5 pause:5m 50 pause:5m", null)]
    [InlineData("5 pause:1m 50 wait", null)]
    [InlineData("5 pause:1m 50 analysis", null)]
    [InlineData("5 pause:2m 50 pause:2m 100 pause:6m", null)]
    [InlineData("5 pause:2m 50 pause:soon", null)]
    [InlineData("5 pause:2m 50 '60'", null)]
    public void A_short_sum_of_pauses_is_advice(string steps, GuardAction? action) =>
        Assert.Equal(action, Judge.Rule(Id, Manifest.Canary(steps)).Action());

    [Fact]
    public void The_sum_says_how_much_is_missing()
    {
        var judgement = Assert.Single(Judge.Rule(Id, Manifest.Canary("5 pause:2m 50 pause:90")));
        Assert.Equal(
            "the pauses of all steps last 3m30s together, at least 10m is advised without an analysis or a pause that waits for somebody",
            judgement.Finding.Message
        );
        Assert.Equal(("spec.strategy.canary.steps", "- pause: {duration: 6m30s}"), (judgement.Path.ToText(), judgement.Finding.Remedy));
    }

    [Fact]
    public void With_a_background_analysis_the_sum_does_not_matter() =>
        Assert.Empty(Judge.Rule(Id, Manifest.Canary("5 pause:1m 50 pause:1m", Manifest.Background)));

    [Theory]
    [InlineData("5 20 pause:10m", "spec.strategy.canary.steps[1].setWeight", "- pause: {duration: 5m}   # before this step")]
    [InlineData("5 pause:3 20 pause:10m", "spec.strategy.canary.steps[1].pause.duration", "duration: 5m")]
    [InlineData("50", "spec.strategy.canary.steps[0].setWeight", "- pause: {duration: 5m}   # after this step")]
    public void It_points_to_the_pause_or_to_where_one_is_missing(string steps, string path, string remedy)
    {
        var judgement = Assert.Single(Judge.Rule(Id, Manifest.Canary(steps)));
        Assert.Equal((path, remedy), (judgement.Path.ToText(), judgement.Finding.Remedy));
    }

    [Fact]
    public void A_shorter_pause_than_before_is_worse()
    {
        Assert.Equal(
            GuardAction.Warn,
            Judge.Rule(Id, Manifest.Canary("5 pause:5 20 pause:10m"), old: Manifest.Canary("5 pause:10 20 pause:10m")).Action()
        );
        Assert.Equal(
            GuardAction.Warn,
            Judge.Rule(Id, Manifest.Canary("5 pause:15 20 pause:10m"), old: Manifest.Canary("5 pause:10 20 pause:10m")).Action()
        );
    }

    [Fact]
    public void Its_limits_are_the_policys() =>
        Assert.Equal(GuardAction.Warn, Judge.Rule(Id, Manifest.Canary("5 pause:1m 20 pause:10m"), parameters: "{'minPause': '2m'}").Action());

    [Fact]
    public void A_duration_that_Argo_calls_invalid_is_another_rules_matter()
    {
        var verdict = Judge.Verdict(Manifest.Canary("5 pause:soon 50 pause:10m"), policy: Judge.Policy(Id));
        Assert.Empty(verdict.Judgements);
        Assert.Empty(verdict.TypeFaults);
        Assert.Equal(
            "/spec/strategy/canary/steps/1/pause/duration",
            Assert.Single(Judge.Rule("rollout-validity", Manifest.Canary("5 pause:soon 50 pause:10m"))).Path.ToString()
        );
    }
}
