using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

public sealed class AnalysisTests
{
    private const string Id = "rollout-analysis";

    [Theory]
    [InlineData("5 pause:5m 50 pause:5m", GuardAction.Warn)]
    [InlineData("5 wait", GuardAction.Warn)]
    [InlineData("5 experiment", GuardAction.Warn)]
    [InlineData("5 analysis", null)]
    [InlineData("5 judged-experiment", null)]
    [InlineData("", null)]
    public void A_canary_that_nothing_judges_is_advised_against(string steps, GuardAction? action) =>
        Assert.Equal(action, Judge.Rule(Id, Manifest.Canary(steps)).Action());

    [Theory]
    [InlineData("", GuardAction.Warn)]
    [InlineData("'autoPromotionEnabled': false", GuardAction.Warn)]
    [InlineData("'prePromotionAnalysis': {'templates': [{'templateName': 'a'}]}", null)]
    [InlineData("'postPromotionAnalysis': {'templates': [{'templateName': 'a'}]}", null)]
    public void So_is_blue_green(string fields, GuardAction? action) => Assert.Equal(action, Judge.Rule(Id, Manifest.BlueGreen(fields)).Action());

    [Fact]
    public void A_background_analysis_does() => Assert.Empty(Judge.Rule(Id, Manifest.Canary("5 pause:5m", Manifest.Background)));

    [Fact]
    public void Strict_denies_it() =>
        Assert.Equal(
            GuardAction.Deny,
            Judge.Verdict(Manifest.Canary("5 pause:5m"), policy: GuardPolicy.Of(Profile.Strict)).Judgements.Single(j => j.Rule == Id).Action
        );

    [Theory]
    [InlineData("{'canary': {'steps': [{'setWeight': 5}]}}", "spec.strategy.canary.analysis")]
    [InlineData("{'blueGreen': {}}", "spec.strategy.blueGreen.prePromotionAnalysis")]
    public void It_points_to_where_one_is_missing(string strategy, string path) =>
        Assert.Equal(path, Assert.Single(Judge.Rule(Id, Manifest.Rollout(strategy))).Path.ToText());
}
