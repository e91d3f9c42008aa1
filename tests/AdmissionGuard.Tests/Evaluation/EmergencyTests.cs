using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>What an emergency may do and what it leaves behind (docs/how-changes-are-judged.md#emergencies).</summary>
public sealed class EmergencyTests
{
    private const string Slow = "[{'setWeight': 10}, {'pause': {'duration': '5m'}}, {'setWeight': 50}, {'pause': {'duration': '5m'}}]";
    private const string AtOnce = "[{'setWeight': 100}]";
    private const string Rules = "rollout-first-step rollout-step-increase";

    private static readonly Actor OnCall = new("jane", ["oncall"]);

    private static readonly Cluster World = Cluster
        .Live.With([GuardPolicy.Of(Profile.Baseline)])
        .With(GuardSettings.Default with { BreakGlassGroups = ["oncall"] });

    private static string Rollout(string image, string steps, string annotations = "", string more = "") =>
        $"{{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', "
        + $"'metadata': {{'name': 'api', 'namespace': 'shop', 'annotations': {{{annotations}}}}}, "
        + $"'spec': {{'replicas': 4{more}, 'selector': {{'matchLabels': {{'app': 'api'}}}}, "
        + "'template': {'metadata': {'labels': {'app': 'api'}}, "
        + $"'spec': {{'containers': [{{'name': 'api', 'image': 'registry.example/api:{image}'}}]}}}}, 'strategy': {{'canary': {{'steps': {steps}, "
        + "'canaryService': 'api-canary', 'stableService': 'api-stable', 'trafficRouting': {'nginx': {'stableIngress': 'api'}}}}}, "
        + "'status': {'stableRS': 'a', 'currentPodHash': 'b', 'phase': 'Degraded', 'abort': true, 'currentStepIndex': 0}}";

    private static Verdict Run(string now, string old, Stage stage = Stage.Validate, bool? isRollback = null, Actor? actor = null) =>
        Evaluator.Evaluate(Judge.Review(now, old, actor, stage) with { IsRollback = isRollback }, World);

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(null, false)]
    public void Only_a_version_that_ran_before_excuses_looser_steps(bool? isRollback, bool allowed) =>
        Assert.Equal(allowed, Run(Rollout("3", AtOnce), Rollout("2", Slow), isRollback: isRollback).Allowed);

    [Fact]
    public void Without_an_answer_the_order_of_image_tags_tells_a_rollback() =>
        Assert.True(Run(Rollout("1.9", AtOnce), Rollout("1.10", Slow)).Allowed);

    [Fact]
    public void What_a_rollback_lets_in_is_marked()
    {
        var mark = Run(Rollout("1", AtOnce), Rollout("2", Slow), Stage.Mutate, isRollback: true).Mark;
        Assert.Equal(new MarkChange($"rollback {Rules}", true), mark);
    }

    [Fact]
    public void A_rollback_that_breaks_no_rule_is_not_marked() =>
        Assert.Null(Run(Rollout("1", Slow), Rollout("2", Slow), Stage.Mutate, isRollback: true).Mark);

    [Fact]
    public void What_break_glass_lets_in_is_marked_with_what_it_was()
    {
        var mark = Run(
            Rollout("3", AtOnce, "'admissionguard.io/break-glass': 'INC-4711: all users now'"),
            Rollout("2", Slow),
            Stage.Mutate,
            isRollback: false,
            OnCall
        ).Mark;
        Assert.Equal($"break-glass {Rules}", mark?.Value);
    }

    [Theory]
    [InlineData("'admissionguard.io/admitted': 'rollback rollout-first-step'")]
    [InlineData("'admissionguard.io/admitted': 'rollback rollout-first-step, rollout-step-increase'")]
    public void What_is_marked_is_no_existing_violation(string mark)
    {
        var verdict = Run(Rollout("2", AtOnce), Rollout("1", AtOnce, mark), isRollback: false);
        Assert.False(verdict.Allowed);
        Assert.Contains("came in by rollback", string.Join(' ', verdict.Notices), StringComparison.Ordinal);
        Assert.True(Run(Rollout("2", AtOnce), Rollout("1", AtOnce), isRollback: false).Allowed);
        Assert.True(Run(Rollout("2", Slow), Rollout("1", AtOnce, mark), isRollback: false).Allowed);
        Assert.True(Run(Rollout("0", AtOnce), Rollout("1", AtOnce, mark), isRollback: true).Allowed);
    }

    [Theory]
    [InlineData(", 'paused': true")]
    [InlineData(", 'restartAt': '2026-11-21T12:00:00Z'")]
    public void Who_pauses_or_restarts_need_not_fix_it_first(string more)
    {
        const string Mark = "'admissionguard.io/admitted': 'rollback rollout-first-step rollout-step-increase'";
        Assert.True(Run(Rollout("1", AtOnce, Mark, more), Rollout("1", AtOnce, Mark), isRollback: false).Allowed);
    }

    [Fact]
    public void The_mark_is_kept_against_whoever_takes_it_off_and_goes_when_it_is_fixed()
    {
        const string Mark = $"rollback {Rules}";
        const string Written = $"'admissionguard.io/admitted': '{Mark}'";
        Assert.Equal(Mark, Run(Rollout("1", AtOnce), Rollout("1", AtOnce, Written), Stage.Mutate).Mark?.Value);
        Assert.Null(Run(Rollout("1", AtOnce, Written), Rollout("1", AtOnce, Written), Stage.Mutate).Mark);
        Assert.Equal(new MarkChange(null, true), Run(Rollout("1", Slow, Written), Rollout("1", AtOnce, Written), Stage.Mutate).Mark);
    }

    [Fact]
    public void A_controller_neither_marks_nor_is_marked() =>
        Assert.Null(Run(Rollout("1", AtOnce), Rollout("2", Slow), Stage.Mutate, isRollback: true, Judge.Argo).Mark);

    private const string Half = "[{'setWeight': 60}, {'pause': {'duration': '5m'}}]";

    [Fact]
    public void An_improvement_passes_although_it_brings_a_smaller_fault() =>
        Assert.True(Run(Rollout("2", Half), Rollout("2", "null"), isRollback: false).Allowed);

    [Fact]
    public void What_moves_more_users_at_once_is_no_improvement() =>
        Assert.False(Run(Rollout("2", "null"), Rollout("2", Half), isRollback: false).Allowed);

    [Fact]
    public void A_recognised_controller_is_never_denied_and_told_to_be_listed()
    {
        var argo = new Actor("system:serviceaccount:rollouts-system:argo-rollouts", []) { ActsAs = "Argo Rollouts" };
        var verdict = Run(Rollout("3", AtOnce), Rollout("2", Slow), isRollback: false, actor: argo);
        Assert.True(verdict.Allowed);
        Assert.Contains("spec.controllers", Assert.Single(verdict.Notices), StringComparison.Ordinal);
    }
}
