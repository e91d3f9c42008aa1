using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using static AdmissionGuard.Tests.Evaluation.Pipeline;

namespace AdmissionGuard.Tests.Evaluation;

public sealed class ExceptionTests
{
    private static readonly DateTimeOffset Far = Judge.Now.AddDays(30);
    private static readonly DateTimeOffset Past = Judge.Now.AddDays(-1);

    [Fact]
    public void It_takes_the_finding_and_the_repair_away_and_says_that_it_did()
    {
        foreach (var fix in new[] { false, true })
        {
            var verdict = Run(World(Policy(fix: fix), Exception(Far)), Api(Bare));
            Assert.True(verdict.Allowed);
            Assert.Empty(verdict.Judgements);
            Assert.Empty(verdict.Patch);
            var use = Assert.Single(verdict.Exceptions);
            Assert.Equal(("legacy", Id, 1), (use.Exception.Name, use.Rule, use.Findings));
            Assert.Empty(verdict.Notices);
        }
    }

    [Fact]
    public void What_it_does_not_name_exactly_is_judged_as_ever()
    {
        Assert.False(Run(World(Policy(), Exception(Far, of: "api2")), Api(Bare)).Allowed);
        Assert.False(Run(World(Policy(), Exception(Far, rule: "destination-rule-outlier-detection")), Api(Bare)).Allowed);
        Assert.False(Run(World(Policy(), Exception(Far)), Api(Bare).Replace("'shop'", "'pay'", StringComparison.Ordinal)).Allowed);
    }

    [Fact]
    public void What_was_fine_anyway_used_no_exception() => Assert.Empty(Run(World(Policy(), Exception(Judge.Now.AddDays(1))), Api(Full)).Exceptions);

    [Fact]
    public void The_same_finding_of_two_policies_is_covered_once() =>
        Assert.Equal(1, Assert.Single(Run(World([Policy("a"), Policy("b")], Exception(Far)), Api(Bare)).Exceptions).Findings);

    [Theory]
    [InlineData(8 * 24 * 60, null)]
    [InlineData(7 * 24 * 60, "exception legacy for destination-rule-connection-pool ends on 2026-11-28, ask team-shop")]
    [InlineData(1, "exception legacy for destination-rule-connection-pool ends on 2026-11-21, ask team-shop")]
    [InlineData(0, "exception legacy for destination-rule-connection-pool ended on 2026-11-21, ask team-shop")]
    public void Its_end_is_judged_by_the_reviews_time_and_told_a_week_before(int minutes, string? notice)
    {
        var verdict = Run(World(Policy(), Exception(Judge.Now.AddMinutes(minutes))), Api(Bare));
        Assert.Equal(minutes > 0, verdict.Allowed);
        Assert.Equal(notice is null ? [] : [notice], verdict.Notices);
    }

    [Fact]
    public void What_an_ended_one_covered_is_not_ratcheted()
    {
        Assert.Equal([$"{Id} Warn Ratchet"], Lines(Run(World([Policy()]), Api(Other), Api(Bare))));
        Assert.Equal([$"{Id} Deny None"], Lines(Run(World(Policy(), Exception(Past)), Api(Other), Api(Bare))));
        Assert.Equal(
            [$"{Id} Warn Ratchet"],
            Lines(Run(World(Policy(), Exception(Past, rule: "destination-rule-outlier-detection")), Api(Other), Api(Bare)))
        );
        Assert.Empty(Run(World(Policy(), Exception(Far)), Api(Other), Api(Bare)).Judgements);
    }

    [Fact]
    public void What_an_ended_one_covered_is_repaired_like_what_is_new()
    {
        Assert.Empty(Run(World([Policy(fix: true)]), Api(Other), Api(Bare)).Patch);
        var verdict = Run(World(Policy(fix: true), Exception(Past)), Api(Other), Api(Bare));
        Assert.Equal([$"{Id} Fix None"], Lines(verdict));
        Assert.NotEmpty(verdict.Patch);
    }

    [Fact]
    public void Of_several_the_one_that_ends_last_counts()
    {
        var verdict = Run(World([Policy()], Exception(Past, "a"), Exception(Far, "b"), Exception(Judge.Now.AddDays(1), "c")), Api(Other), Api(Bare));
        Assert.Equal(("b", false), (Assert.Single(verdict.Exceptions).Exception.Name, verdict.Exceptions[0].HasEnded));
        Assert.Empty(verdict.Notices);
    }

    [Fact]
    public void A_rule_that_is_taken_off_neither_breaks_a_review_nor_complains_of_types()
    {
        var verdict = Run(World(Policy(), Exception(Far)), Api("{'connectionPool': 'none'}"));
        Assert.Empty(verdict.TypeFaults);
        Assert.NotEmpty(Run(World([Policy()]), Api("{'connectionPool': 'none'}")).TypeFaults);

        var broken = new Rule
        {
            Id = Id,
            Summary = "",
            Why = "",
            Remedy = "",
            Kinds = [ObjectKind.DestinationRule],
            Baseline = GuardAction.Deny,
            Strict = GuardAction.Deny,
            Check = _ => throw new InvalidOperationException("boom"),
        };
        var exception = Exception(Far) with { Rules = [broken] };
        Assert.Empty(Run(World(new GuardPolicy("test", [RuleSetting.Of(broken, Profile.Baseline)]), exception), Api(Bare)).Failures);
    }

    [Fact]
    public void A_controllers_write_stays_his_own_matter_after_the_end() =>
        Assert.Equal(
            [$"{Id} Audit Controller"],
            Lines(Evaluator.Evaluate(Judge.Review(Api(Other), Api(Bare), Judge.Argo), World(Policy(), Exception(Past))))
        );

    [Fact]
    public void A_mode_caps_what_the_end_brings_back() =>
        Assert.Equal([$"{Id} Warn Mode"], Lines(Run(World(Policy(mode: PolicyMode.Warn), Exception(Past)), Api(Other), Api(Bare))));

    private static Verdict Run(Cluster cluster, string json, string? old = null) => Evaluator.Evaluate(Judge.Review(json, old), cluster);

    private static Cluster World(GuardPolicy policy, GuardException exception) => World([policy], exception);

    private static Cluster World(GuardPolicy[] policies, params GuardException[] exceptions) =>
        Cluster.Empty.With(policies).WithExceptions(exceptions);
}
