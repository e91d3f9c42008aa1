using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

/// <summary>All the rules together: the single-step releases that must not pass, and the ways back that must.</summary>
public sealed class RolloutSafetyTests
{
    private const string Healthy = "{'phase': 'Healthy', 'stableRS': 'a', 'currentPodHash': 'a'}";

    public static TheoryData<string, string> OneStepReleases =>
        new()
        {
            { "only step is 100", Manifest.Canary("100") },
            { "routed and no steps", Manifest.Rollout($"{{'canary': {{{Manifest.Istio}}}}}") },
            { "5 to 100 with nothing between", Manifest.Canary("5 100") },
            { "0, a second, 100", Manifest.Canary("0 pause:1s 100") },
            { "blue-green, automatic, unjudged", Manifest.BlueGreen("'previewService': 'api-preview'") },
            { "routed and no weight at all", Manifest.Canary("pause:5m", Manifest.Istio) },
            { "four weights and no time", Manifest.Canary("25 50 75 100", Manifest.Background) },
        };

    [Theory]
    [MemberData(nameof(OneStepReleases))]
    public void A_release_in_one_step_is_denied(string what, string rollout)
    {
        var verdict = Judge.Verdict(rollout);
        Assert.False(verdict.Allowed, what);
        Assert.All(verdict.Judgements, j => Assert.NotEqual("internal", j.Rule));
    }

    [Theory]
    [MemberData(nameof(OneStepReleases))]
    public void It_may_be_edited_where_it_runs_already(string what, string rollout)
    {
        Denied(rollout, rollout.Replace("api:v2", "api:v1", StringComparison.Ordinal), what + ": undo");
        Denied(rollout, rollout.Replace("'replicas': 1000", "'replicas': 8", StringComparison.Ordinal), what + ": replicas");
        Denied(rollout, rollout.Replace("'replicas': 1000", "'replicas': 1000, 'paused': true", StringComparison.Ordinal), what + ": pause");
        Denied(
            rollout,
            rollout.Replace("'replicas': 1000", "'replicas': 1000, 'restartAt': '2026-11-21T12:00:00Z'", StringComparison.Ordinal),
            what + ": restart"
        );

        static void Denied(string old, string changed, string what)
        {
            Assert.NotEqual(old, changed);
            var verdict = Judge.Verdict(changed, old);
            Assert.True(verdict.Allowed, what);
            Assert.NotEmpty(verdict.Judgements);
        }
    }

    /// <summary>A change that leaves less wrong than before passes, even where it renames what is left.</summary>
    [Theory]
    [InlineData("100", "60 pause:10m", true)]
    [InlineData("10 30 60 pause:5m", "10 40 pause:5m 70 pause:5m", true)]
    [InlineData("10 30 pause:5m 60 pause:5m", "10 30 60 pause:5m", false)]
    [InlineData("60 pause:10m", "100", false)]
    [InlineData("10 pause:10s 30 pause:5m", "10 30 pause:5m", true)]
    public void A_rewrite_passes_where_it_leaves_less_wrong(string old, string changed, bool allowed) =>
        Assert.Equal(allowed, Judge.Verdict(Manifest.Canary(changed), Manifest.Canary(old)).Allowed);

    [Theory]
    [InlineData("{'abort': true, 'phase': 'Degraded', 'stableRS': 'a', 'currentPodHash': 'b'}")]
    [InlineData("{'phase': 'Degraded', 'stableRS': 'a', 'currentPodHash': 'a'}")]
    [InlineData("{'phase': 'Paused', 'stableRS': 'a', 'currentPodHash': 'b', 'currentStepIndex': 1}")]
    public void Trouble_excuses_no_release_in_one_step(string status)
    {
        var old = Manifest.Canary("5 pause:5m 50 pause:5m", Manifest.Background, status);
        foreach (var row in OneStepReleases)
            Assert.False(Judge.Verdict(row.Data.Item2, old).Allowed, row.Data.Item1);
    }

    [Fact]
    public void A_healthy_one_is_denied_what_it_did_not_have()
    {
        var old = Manifest.Canary("5 pause:5m 50 pause:5m", Manifest.Background, Healthy);
        foreach (var row in OneStepReleases)
            Assert.False(Judge.Verdict(row.Data.Item2, old).Allowed, row.Data.Item1);
    }

    [Fact]
    public void Argo_itself_is_never_denied()
    {
        foreach (var row in OneStepReleases)
            Assert.True(Judge.Verdict(row.Data.Item2, actor: Judge.Argo).Allowed, row.Data.Item1);
    }

    [Theory]
    [InlineData(
        "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'api'}, 'spec': {'workloadRef': {'apiVersion': "
            + "'apps/v1', 'kind': 'Deployment', 'name': 'api'}, 'strategy': {}}}"
    )]
    [InlineData("{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'api'}, 'spec': {'strategy': {}}}")]
    [InlineData("{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'api'}, 'spec': {}}")]
    [InlineData("{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'api'}}")]
    public void Without_a_strategy_nothing_is_said_of_one(string rollout) =>
        Assert.DoesNotContain(Judge.Verdict(rollout, policy: GuardPolicy.Of(Profile.Strict)).Judgements, j =>
            j.Rule is not ("rollout-validity" or "rollout-workload-ref")
        );

    [Fact]
    public void A_Rollout_of_a_workloadRef_is_judged_as_any_other()
    {
        var rollout = Manifest
            .Canary("100")
            .Replace(
                "'template': {'metadata': {'labels': {'app': 'api'}}, 'spec': {'containers': [{'name': 'api', 'image': 'api:v2'}]}}",
                "'workloadRef': {'kind': 'Deployment', 'name': 'api'}",
                StringComparison.Ordinal
            );
        Assert.Contains("workloadRef", rollout, StringComparison.Ordinal);
        Assert.False(Judge.Verdict(rollout).Allowed);
    }

    [Fact]
    public void Both_strategies_at_once_are_judged_as_the_canary() =>
        Assert.Equal(
            ["rollout-analysis", "rollout-first-step", "rollout-step-increase", "rollout-validity"],
            Rules(Judge.Verdict(Manifest.Rollout("{'canary': {'steps': [{'setWeight': 100}]}, 'blueGreen': {'activeService': 'api'}}")))
        );

    [Fact]
    public void The_good_example_of_five_weights_lacks_only_an_analysis()
    {
        var verdict = Judge.Verdict(Manifest.Canary("5 pause:2m 10 pause:2m 25 pause:5m 50 pause:5m 75 pause:5m", Manifest.Istio));
        Assert.True(verdict.Allowed);
        Assert.Equal(["rollout-analysis"], Rules(verdict));
    }

    [Fact]
    public void The_header_example_is_denied_for_its_unlisted_route_and_the_jump_at_the_end()
    {
        var rollout = Manifest.Canary("scale header 10 pause:5m 25 pause:10m", Manifest.Istio);
        var service = Judge.ClusterOf(
            Manifest.VirtualService(
                "[{'match': [{'headers': {'x-user-group': {'exact': 'internal'}}}], 'route': [{'destination': {'host': 'api', 'subset': "
                    + "'canary'}}]}, "
                    + "{'route': [{'destination': {'host': 'api', 'subset': 'stable'}, 'weight': 100}, {'destination': {'host': 'api', "
                    + "'subset': 'canary'}, 'weight': 0}]}]"
            )
        );
        var verdict = Judge.Verdict(rollout, cluster: service);
        Assert.Equal(
            ["rollout-managed-routes", "rollout-step-increase"],
            verdict.Judgements.Where(j => j.Action == GuardAction.Deny).Select(j => j.Rule)
        );
    }

    private static IEnumerable<string> Rules(Verdict verdict) => verdict.Judgements.Select(j => j.Rule).Distinct().Order(StringComparer.Ordinal);
}
