using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Tests.Rules.Rollout;

namespace AdmissionGuard.Tests.Traffic;

/// <summary>See docs/facts/argo-rollouts.md#step-kinds and docs/facts/argo-rollouts.md#auto-promotion.</summary>
public sealed class ExposurePlanTests
{
    [Theory]
    [InlineData("20 pause:5m", "0 20 100")]
    [InlineData("5 pause:1m 50 pause:1m 100", "0 5 50 100")]
    [InlineData("100", "0 100")]
    [InlineData("0 pause:1s 100", "0 100")]
    [InlineData("pause:5m", "0 100")]
    [InlineData("wait", "0 100")]
    [InlineData("20 pause:1m 20 pause:1m", "0 20 100")]
    [InlineData("50 pause:1m 10 pause:1m 60 pause:1m", "0 50 10 60 100")]
    [InlineData("20 0 pause:1m 20", "0 20 0 20 100")]
    [InlineData("100 pause:1m 20", "0 100 20 100")]
    [InlineData("header mirror scale 10 pause:1m", "0 10 100")]
    [InlineData("10.0 pause:1m", "0 10 100")]
    [InlineData("150", "0 100")]
    [InlineData("-5 pause:1m 20", "0 20 100")]
    [InlineData("'20' pause:1m 50", "0 ? 50 100")]
    [InlineData("20 12.5", "0 20 ? 100")]
    public void Weights_become_stages_with_the_promotion_that_nobody_wrote(string steps, string stages) =>
        Assert.Equal(stages, Stages(Plan(Manifest.Canary(steps))));

    [Theory]
    [InlineData("nginx", 1000, "50 pause:1m 500 pause:1m 1000", "0 5 50 100")]
    [InlineData("nginx", 1000, "500", "0 50 100")]
    [InlineData("nginx", 0, "50", "0 50 100")]
    [InlineData("nginx", 3, "1", "0 33.33 100")]
    public void Weights_are_out_of_maxTrafficWeight(string router, int most, string steps, string stages) =>
        Assert.Equal(stages, Stages(Plan(Manifest.Canary(steps, $"'trafficRouting': {{'{router}': {{}}, 'maxTrafficWeight': {most}}}"))));

    [Theory]
    [InlineData("{}", "0")]
    [InlineData("null", "0")]
    [InlineData("'canary'", "0")]
    [InlineData("{'canary': null}", "0")]
    [InlineData("{'canary': []}", "0")]
    [InlineData("{'canary': {}}", "0 100")]
    [InlineData("{'canary': {'steps': []}}", "0 100")]
    [InlineData("{'canary': {'steps': {}}}", "? 100")]
    [InlineData("{'canary': {'steps': ['pause']}}", "0 100")]
    [InlineData("{'blueGreen': {'activeService': 'api'}}", "0 100")]
    [InlineData("{'blueGreen': {'activeService': 'api'}, 'canary': {'steps': [{'setWeight': 10}]}}", "0 10 100")]
    public void Any_strategy_has_a_plan(string strategy, string stages) => Assert.Equal(stages, Stages(Plan(Manifest.Rollout(strategy))));

    [Theory]
    [InlineData("pause:60", 60)]
    [InlineData("pause:'90'", 90)]
    [InlineData("pause:5m", 300)]
    [InlineData("pause:1h30m", 5400)]
    [InlineData("pause:1m pause:30", 90)]
    [InlineData("pause:1.9s", 1)]
    [InlineData("pause:500ms", 0)]
    [InlineData("pause:0", 0)]
    [InlineData("pause:0s", 0)]
    [InlineData("pause:-500ms", 0)]
    public void A_pause_lasts_whole_seconds(string steps, int seconds)
    {
        var plan = Plan(Manifest.Canary("10 " + steps), out var read);
        Assert.Equal(seconds, plan.Stages[1].Hold.Timed.TotalSeconds);
        Assert.False(plan.Stages[1].Hold.Indefinite);
        Assert.Empty(read.Wrong);
    }

    [Theory]
    [InlineData("pause:-5")]
    [InlineData("pause:soon")]
    [InlineData("pause:''")]
    [InlineData("pause:'1_000'")]
    [InlineData("pause:99999999999s999")]
    [InlineData("pause:'99999999999'")]
    public void A_pause_that_Argo_calls_invalid_has_an_unknown_length_but_no_wrong_type(string steps)
    {
        var plan = Plan(Manifest.Canary("10 " + steps), out var read);
        Assert.True(plan.Stages[1].Hold.Unreadable);
        Assert.False(plan.Stages[1].Hold.Gated);
        Assert.Empty(read.Wrong);
    }

    [Theory]
    [InlineData("{'pause': 60}")]
    [InlineData("{'pause': '5m'}")]
    [InlineData("{'pause': {'duration': {}}}")]
    [InlineData("{'pause': {'duration': true}}")]
    [InlineData("'pause'")]
    public void A_step_of_the_wrong_type_is_neither_a_gate_nor_nothing(string step)
    {
        var hold = Plan(Manifest.Rollout($"{{'canary': {{'steps': [{{'setWeight': 10}}, {step}]}}}}"), out var read).Stages[1].Hold;
        Assert.True(hold.Unreadable);
        Assert.False(hold.Gated);
        Assert.Single(read.Wrong);
    }

    [Fact]
    public void A_pause_without_a_value_is_no_step_as_the_API_server_prunes_it() =>
        Assert.Equal(default, Plan(Manifest.Canary("10 nothing")).Stages[1].Hold);

    [Theory]
    [InlineData("wait", true)]
    [InlineData("analysis", true)]
    [InlineData("experiment", true)]
    [InlineData("plugin", true)]
    [InlineData("pause:1h", false)]
    [InlineData("scale", false)]
    [InlineData("header", false)]
    [InlineData("mirror", false)]
    public void Only_what_waits_for_a_judgement_is_a_gate(string step, bool gate) =>
        Assert.Equal(gate, Plan(Manifest.Canary("10 " + step)).Stages[1].Hold.Gated);

    [Theory]
    [InlineData("10 pause:1m", Manifest.Background, true)]
    [InlineData("10 pause:1m", "'analysis': {'templates': []}", false)]
    [InlineData("10 pause:1m", "'analysis': {}", false)]
    [InlineData("10 analysis", "'maxSurge': 1", true)]
    [InlineData("10 experiment", "'maxSurge': 1", false)]
    [InlineData("10 judged-experiment", "'maxSurge': 1", true)]
    [InlineData("10 wait plugin", "'maxSurge': 1", false)]
    public void An_analysis_is_found_wherever_it_stands(string steps, string also, bool found) =>
        Assert.Equal(found, Plan(Manifest.Canary(steps, also)).HasAnalysis);

    [Theory]
    [InlineData(0, true, 340)]
    [InlineData(2, true, 40)]
    [InlineData(3, false, 0)]
    public void A_background_analysis_watches_from_its_starting_step_on(int start, bool watched, int seconds)
    {
        var hold = Plan(
            Manifest.Canary("10 pause:5m pause:40 50 pause:1m", $"'analysis': {{'startingStep': {start}, 'templates': [{{'templateName': 'a'}}]}}")
        )
            .Stages[1]
            .Hold;
        Assert.Equal(watched, hold.CanStop(TimeSpan.FromSeconds(30)));
        Assert.Equal(seconds, hold.Watched.TotalSeconds);
    }

    [Theory]
    [InlineData("10 pause:5m", "0->10 10->100")]
    [InlineData("50 pause:1m 10 60", "0->50 10->60 60->100")]
    [InlineData("10 '20' 50 80", "0->10 50->80 80->100")]
    public void Increases_are_growth_between_what_is_known(string steps, string increases) =>
        Assert.Equal(increases, string.Join(' ', Plan(Manifest.Canary(steps)).WrittenIncreases.Select(i => i.Key)));

    [Fact]
    public void What_holds_a_smaller_share_stands_between_two_increases_too()
    {
        var plan = Plan(Manifest.Canary("50 pause:1m 10 pause:30 60"));
        Assert.Null(plan.WrittenIncreases[0].Since);
        Assert.Equal(90, plan.WrittenIncreases[1].Since!.Value.Timed.TotalSeconds);
        Assert.Equal(default, plan.WrittenIncreases[2].Since!.Value);
    }

    [Theory]
    [InlineData("", false, 0)]
    [InlineData("'autoPromotionEnabled': true", false, 0)]
    [InlineData("'autoPromotionEnabled': null", false, 0)]
    [InlineData("'autoPromotionEnabled': false", true, 0)]
    [InlineData("'autoPromotionSeconds': 60", false, 60)]
    [InlineData("'autoPromotionSeconds': -60", false, 0)]
    [InlineData("'autoPromotionEnabled': false, 'autoPromotionSeconds': 60", true, 0)]
    [InlineData("'prePromotionAnalysis': {'templates': [{'templateName': 'rate'}]}", true, 0)]
    [InlineData("'prePromotionAnalysis': {'templates': []}", false, 0)]
    [InlineData("'postPromotionAnalysis': {'templates': [{'templateName': 'rate'}]}", false, 0)]
    public void Blue_green_holds_all_users_back_by_a_person_an_analysis_or_seconds(string fields, bool gated, int seconds)
    {
        var hold = Plan(Manifest.BlueGreen(fields)).Stages[0].Hold;
        Assert.Equal(gated, hold.Gated);
        Assert.Equal(seconds, hold.Timed.TotalSeconds);
        Assert.False(hold.Unreadable);
    }

    [Theory]
    [InlineData("'autoPromotionEnabled': 'false'")]
    [InlineData("'autoPromotionSeconds': '60'")]
    public void Blue_green_of_the_wrong_type_is_unknown(string fields)
    {
        Assert.True(Plan(Manifest.BlueGreen(fields), out var read).Stages[0].Hold.Unreadable);
        Assert.Single(read.Wrong);
    }

    private static ExposurePlan Plan(string rollout) => Plan(rollout, out _);

    private static ExposurePlan Plan(string rollout, out Reader read) => RolloutPlan.Of(Judge.Json(rollout)["spec"u8], read = new Reader());

    private static string Stages(ExposurePlan plan) =>
        string.Join(' ', plan.Stages.Select(s => s.IsKnown ? s.Share.ToString("0.##", CultureInfo.InvariantCulture) : "?"));
}
