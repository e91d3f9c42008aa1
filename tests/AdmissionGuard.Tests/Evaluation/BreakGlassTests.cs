using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using static AdmissionGuard.Tests.Evaluation.Pipeline;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>Who may break the glass, with which words, in which request.</summary>
public sealed class BreakGlassTests
{
    private const string Good = "INC-4711: pool melts";
    private const string Short = "INC-4711";

    private static readonly GuardSettings Settings = GuardSettings.Default with { BreakGlassGroups = ["oncall", "sre"] };

    private static readonly Actor OnCall = new("jane", ["developers", "oncall"]);

    private static readonly Dictionary<string, Actor> Actors = new()
    {
        ["oncall"] = OnCall,
        ["human"] = new("joe", ["developers", "oncalls"]),
        ["gitops"] = new(Settings.GitOps[0], ["oncall"]),
        ["flux"] = new(Settings.GitOps[1], ["oncall"]),
        ["controller"] = new(Settings.Controllers[0], ["oncall"]),
    };

    /// <summary>Every actor with every annotation on the new object and on the old one.</summary>
    public static TheoryData<string, string, string> Combinations
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var actor in Actors.Keys)
            {
                foreach (var now in (string[])["", Short, Good])
                {
                    foreach (var old in (string[])["create", "", Short, Good])
                        data.Add(actor, now, old);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Only_a_person_on_call_breaks_it_with_a_reason_that_this_request_wrote(string actor, string now, string old)
    {
        var isTouched = now.Length > 0 && now != old;
        var breaks = isTouched && actor == "oncall" && now == Good;
        var verdict = Run(Api(Bare, Annotation(now)), old == "create" ? null : Api(Full, Annotation(old)), Actors[actor]);
        var ofPerson = breaks ? "Warn BreakGlass" : "Deny None";
        Assert.Equal([$"{Id} {(actor == "controller" ? "Audit Controller" : ofPerson)}"], Lines(verdict));
        Assert.Equal(isTouched, verdict.BreakGlass is not null);
        Assert.Equal(breaks, verdict.BreakGlass is { IsBroken: true });
        Assert.Equal(isTouched || (now.Length > 0 && actor != "controller") ? 1 : 0, verdict.Notices.Count());
    }

    [Theory]
    [InlineData("oncall", Good, "break-glass: jane broke the glass (\"INC-4711: pool melts\"); 1 denial became a warning")]
    [InlineData("oncall", "  INC-4711  ", "break-glass has no effect: the reason has 8 characters, at least 10 are needed")]
    [InlineData("human", Good, "break-glass has no effect: joe is in none of the groups that may (oncall, sre)")]
    [InlineData(
        "gitops",
        Good,
        "break-glass has no effect: system:serviceaccount:argocd:argocd-application-controller is a GitOps account, it takes a person; under "
            + "GitOps the way is a GuardException of a few hours"
    )]
    [InlineData(
        "controller",
        Good,
        "break-glass has no effect: system:serviceaccount:argo-rollouts:argo-rollouts is a controller, it takes a person; under GitOps the "
            + "way is a GuardException of a few hours"
    )]
    public void What_came_of_it_is_said(string actor, string reason, string notice) =>
        Assert.Equal([notice], Run(Api(Bare, Annotation(reason)), null, Actors[actor]).Notices);

    [Fact]
    public void Nobody_breaks_it_where_no_group_is_named()
    {
        var verdict = Evaluator.Evaluate(Judge.Review(Api(Bare, Annotation(Good)), actor: OnCall), Cluster.Empty.With([Policy()]));
        Assert.False(verdict.Allowed);
        Assert.Equal(["break-glass has no effect: the settings name no breakGlassGroups"], verdict.Notices);
    }

    [Fact]
    public void What_an_earlier_request_wrote_is_told_to_whom_it_no_longer_helps()
    {
        Assert.Equal([BreakGlass.Stale], Run(Api(Bare, Annotation(Good)), Api(Full, Annotation(Good)), OnCall).Notices);
        Assert.Empty(Run(Api(Full, Annotation(Good)), Api(Bare, Annotation(Good)), OnCall).Notices);
    }

    [Fact]
    public void Where_nothing_else_changes_it_is_said_and_nothing_is_judged()
    {
        var verdict = Run(Api(Bare, Annotation(Good)), Api(Bare), OnCall, Policy(ratchet: false));
        Assert.Equal("changes nothing that is read", verdict.Skipped);
        Assert.True(verdict.BreakGlass!.IsBroken);
        Assert.True(Run(Api(Bare), Api(Bare, Annotation(Good)), OnCall, Policy(ratchet: false)).Allowed);
        Assert.Null(Run(Api(Bare), Api(Bare, Annotation(Good)), OnCall).BreakGlass);
    }

    [Fact]
    public void It_comes_after_the_ratchet_and_before_the_mode()
    {
        Assert.Equal([$"{Id} Warn Ratchet"], Lines(Run(Api(Other, Annotation(Good)), Api(Bare), OnCall)));
        Assert.Equal([$"{Id} Warn BreakGlass"], Lines(Run(Api(Bare, Annotation(Good)), null, OnCall, Policy(mode: PolicyMode.Warn))));
        Assert.Equal([$"{Id} Audit Mode"], Lines(Run(Api(Bare, Annotation(Good)), null, OnCall, Policy(mode: PolicyMode.Audit))));
        Assert.Equal([$"{Id} Warn None"], Lines(Run(Api(Bare, Annotation(Good)), null, OnCall, Policy(action: GuardAction.Warn))));
    }

    [Fact]
    public void What_can_be_repaired_is_still_repaired_and_said_once()
    {
        Assert.NotEmpty(Run(Api(Bare, Annotation(Good)), null, OnCall, Policy(fix: true)).Patch);
        Assert.Null(Run(Api(Bare, Annotation(Good)), null, OnCall, Policy(fix: true), Stage.Mutate).BreakGlass);
    }

    [Fact]
    public void A_dry_run_and_a_deletion_break_nothing_that_lasts()
    {
        var review = Judge.Review(Api(Bare, Annotation(Good)), actor: OnCall);
        var world = Cluster.Empty.With(Settings).With([Policy()]);
        Assert.Equal(Lines(Evaluator.Evaluate(review, world)), Lines(Evaluator.Evaluate(review with { DryRun = true }, world)));
        Assert.Null(BreakGlass.Of(review with { Operation = Operation.Delete, OldObject = review.Object, Object = default }, Settings));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("['INC-4711: pool melts']")]
    public void What_is_no_text_is_no_reason(string value) =>
        Assert.Null(Run(Api(Bare, $", 'annotations': {{'{BreakGlass.Annotation}': {value}}}"), null, OnCall).BreakGlass);

    private static string Annotation(string reason) => reason.Length == 0 ? "" : $", 'annotations': {{'{BreakGlass.Annotation}': '{reason}'}}";

    private static Verdict Run(string json, string? old, Actor actor, GuardPolicy? policy = null, Stage stage = Stage.Both) =>
        Evaluator.Evaluate(Judge.Review(json, old, actor, stage), Cluster.Empty.With(Settings).With([policy ?? Policy()]));
}
