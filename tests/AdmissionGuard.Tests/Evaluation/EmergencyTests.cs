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

    /// <summary>Whatever is written by hand, the rules of the stored mark stay as long as they find something.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("'admissionguard.io/admitted': 'rollback unknown-field'")]
    [InlineData("'admissionguard.io/admitted': ''")]
    [InlineData("'admissionguard.io/admitted': 'rollback'")]
    [InlineData("'admissionguard.io/admitted': 'rollback rollout-first-step'")]
    public void A_mark_is_not_rewritten_by_hand(string now)
    {
        const string Mark = $"rollback {Rules}";
        const string Written = $"'admissionguard.io/admitted': '{Mark}'";
        Assert.Equal(Mark, Run(Rollout("1", AtOnce, now), Rollout("1", AtOnce, Written), Stage.Mutate).Mark?.Value);
        // in one request with a change, too: the stored mark is what counts
        Assert.False(Run(Rollout("2", AtOnce, now), Rollout("1", AtOnce, Written), isRollback: false).Allowed);
    }

    /// <summary>Nor by another rule, a made-up mark of a new object, or deleting it first: that is a creation, and has no ratchet at all.</summary>
    [Fact]
    public void Who_deletes_and_creates_it_again_has_no_ratchet()
    {
        foreach (var mark in (string[])["", "'admissionguard.io/admitted': 'rollback rollout-first-step'"])
        {
            var created = Judge.Review(Rollout("1", AtOnce, mark));
            Assert.False(Evaluator.Evaluate(created, World).Allowed);
        }
        var forged = Judge.Review(Rollout("1", Slow, "'admissionguard.io/admitted': 'rollback rollout-first-step'"), stage: Stage.Mutate);
        Assert.Equal(new MarkChange(null, true), Evaluator.Evaluate(forged, World).Mark);
    }

    /// <summary>A status that says «aborted» or «in progress» is written by many: neither excuses other steps.</summary>
    [Theory]
    [InlineData("'phase': 'Degraded', 'abort': true")]
    [InlineData("'phase': 'Progressing', 'currentStepIndex': 1")]
    [InlineData("'phase': 'Progressing', 'abort': true, 'abortedAt': '2026-11-21T11:00:00Z'")]
    public void A_forged_status_excuses_nothing(string status)
    {
        string Forged(string text) => text.Replace("'phase': 'Degraded', 'abort': true", status, StringComparison.Ordinal);
        Assert.False(Run(Forged(Rollout("2", AtOnce)), Forged(Rollout("2", Slow)), isRollback: false).Allowed);
        Assert.False(Run(Forged(Rollout("2", "null")), Forged(Rollout("2", Slow)), isRollback: false).Allowed);
    }

    /// <summary>Of a policy that denies it, on a Rollout that is on its way: a denial, whatever else gets better.</summary>
    [Fact]
    public void A_change_in_progress_can_be_denied()
    {
        const string Progressing = "'phase': 'Progressing', 'currentStepIndex': 1";
        string Under(string text) => text.Replace("'phase': 'Degraded', 'abort': true, 'currentStepIndex': 0", Progressing, StringComparison.Ordinal);
        var old = Under(Rollout("2", Slow));
        foreach (var now in (string[])[Under(Rollout("2", Half)), old.Replace("'nginx'", "'alb'", StringComparison.Ordinal)])
        {
            var found = Judge.Rule("rollout-change-in-progress", now, old, Cluster.Live, action: GuardAction.Deny);
            Assert.Equal((GuardAction.Deny, Because.None), (found.Max(j => j.Action), found[0].Because));
        }
    }

    [Fact]
    public void A_controller_neither_marks_nor_is_marked() =>
        Assert.Null(Run(Rollout("1", AtOnce), Rollout("2", Slow), Stage.Mutate, isRollback: true, Judge.Argo).Mark);

    private const string Half = "[{'setWeight': 60}, {'pause': {'duration': '5m'}}]";

    [Fact]
    public void An_improvement_passes_although_it_brings_a_smaller_fault() =>
        Assert.True(Run(Rollout("2", Half), Rollout("2", "null"), isRollback: false).Allowed);

    /// <summary>Anybody can make a warning, to fix it in the change that brings the denial.</summary>
    [Fact]
    public void What_fixes_a_warning_excuses_no_denial()
    {
        var paused = Rollout("2", Slow, more: ", 'paused': true");
        var selects = Rollout("2", Slow)
            .Replace("'matchLabels': {'app': 'api'}", "'matchLabels': {'app': 'api', 'tier': 'web'}", StringComparison.Ordinal)
            .Replace("'labels': {'app': 'api'}", "'labels': {'app': 'api', 'tier': 'web'}", StringComparison.Ordinal);
        Assert.Contains(Run(selects, paused, isRollback: false).Judgements, j => j is { Rule: "rollout-selector-change", Action: GuardAction.Deny });
    }

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
