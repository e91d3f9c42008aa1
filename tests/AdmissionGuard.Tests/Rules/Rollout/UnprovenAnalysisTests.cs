using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Tests.Rules.AnalysisTemplate;

namespace AdmissionGuard.Tests.Rules.Rollout;

/// <summary>What satisfies the demand for an analysis in name only, and a canary that loses all of its plan.</summary>
public sealed class UnprovenAnalysisTests
{
    private const string Steps = "{'setWeight': 10}, {'pause': {'duration': '5m'}}, {'setWeight': 50}, {'pause': {'duration': '5m'}}";
    private const string Router = "'trafficRouting': {'istio': {'virtualService': {'name': 'web'}}}";

    private static readonly Cluster World = With(
        "{'name': 'ok', 'successCondition': 'result[0] > 0.9', 'provider': {'prometheus': {'query': 'up'}}}"
    );

    [Theory]
    [InlineData("'analysis': {}")]
    [InlineData("'analysis': {'templates': []}")]
    [InlineData("'analysis': {'templates': [{}]}")]
    [InlineData("'analysis': {'templates': [{'templateName': ''}]}")]
    [InlineData("'analysis': {'templates': [{'templateName': 'rate'}], 'startingStep': 99}")]
    [InlineData("'analysis': {'templates': [{'templateName': 'rate'}], 'startingStep': 4}")]
    public void An_analysis_without_a_template_or_after_the_last_step_is_none(string analysis) =>
        Assert.Equal(GuardAction.Deny, Assert.Single(Judged(analysis)).Action);

    [Theory]
    [InlineData("'analysis': {'templates': [{'templateName': 'rate'}]}")]
    [InlineData("'analysis': {'templates': [{'templateName': 'rate'}], 'startingStep': 2}")]
    [InlineData("'analysis': {'templates': [{'templateName': 'missing'}, {'templateName': 'rate'}]}")]
    public void One_that_can_fail_is_enough(string analysis) => Assert.Empty(Judged(analysis));

    [Theory]
    [InlineData("{'analysis': {'templates': [{}]}}")]
    [InlineData("{'experiment': {'duration': '1h', 'templates': [], 'analyses': [{'name': 'a'}]}}")]
    public void A_step_without_a_template_is_none(string step) =>
        Assert.Equal(GuardAction.Deny, Assert.Single(Judged("'maxSurge': 1", $"{step}, {Steps}")).Action);

    [Fact]
    public void A_template_that_is_not_there_or_cannot_fail_is_none()
    {
        const string Named = "'analysis': {'templates': [{'templateName': 'rate'}]}";
        var constant = With("{'name': 'ok', 'successCondition': '1 == 1', 'provider': {'prometheus': {'query': 'up'}}}");
        Assert.Equal(GuardAction.Deny, Assert.Single(Judged(Named, cluster: constant)).Action);
        Assert.Equal(GuardAction.Deny, Assert.Single(Judged(Named, cluster: With(""))).Action);
        // it may follow in the same apply; a change of what runs has no such excuse
        Assert.Equal(GuardAction.Warn, Assert.Single(Judged(Named, cluster: Cluster.Live)).Action);
        var old = Rollout($"'analysis': {{'templates': [{{'templateName': 'rate'}}]}}, 'maxSurge': 2", Steps);
        Assert.NotEmpty(Judge.Rule("rollout-analysis", Rollout(Named, Steps), old, Cluster.Live, action: GuardAction.Deny));
    }

    [Theory]
    [InlineData("'blueGreen': {'activeService': 'a', 'prePromotionAnalysis': {}}")]
    [InlineData("'blueGreen': {'activeService': 'a', 'postPromotionAnalysis': {'templates': [{}]}}")]
    public void Nor_is_an_empty_one_around_a_promotion(string strategy) =>
        Assert.Single(Judge.Rule("rollout-analysis", OfStrategy(strategy), cluster: World, action: GuardAction.Deny));

    [Theory]
    [InlineData("'canary': {}")]
    [InlineData("'canary': {'maxSurge': 1}")]
    [InlineData("'canary': {'steps': []}")]
    public void A_canary_does_not_lose_its_steps_and_its_router(string strategy)
    {
        var old = Rollout(Router, Steps);
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule("rollout-canary-steps", OfStrategy(strategy), old)).Action);
        Assert.Equal(GuardAction.Warn, Assert.Single(Judge.Rule("rollout-canary-steps", OfStrategy(strategy))).Action);
        Assert.Equal(
            GuardAction.Warn,
            Assert.Single(Judge.Rule("rollout-canary-steps", OfStrategy(strategy), OfStrategy("'canary': {'maxUnavailable': 1}"))).Action
        );
    }

    private static IReadOnlyList<Judgement> Judged(string analysis, string steps = Steps, Cluster? cluster = null) =>
        Judge.Rule("rollout-analysis", Rollout(analysis, steps), cluster: cluster ?? World, action: GuardAction.Deny);

    private static Cluster With(string metrics) =>
        Cluster.Live.With(new ObjectKey(ObjectKind.AnalysisTemplate, "shop", "rate"), Judge.Json(ProvesNothingTests.Template(metrics)));

    private static string Rollout(string canary, string steps) => OfStrategy($"'canary': {{{canary}, 'steps': [{steps}]}}");

    private static string OfStrategy(string strategy) =>
        "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'api', 'namespace': 'shop'}, 'spec': {'replicas': 5, "
        + $"'strategy': {{{strategy}}}}}}}";
}
