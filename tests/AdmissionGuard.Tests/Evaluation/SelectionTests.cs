using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using static AdmissionGuard.Tests.Evaluation.Pipeline;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>Which objects are judged at all: labels, namespaces, what counts as a change.</summary>
public sealed class SelectionTests
{
    private static readonly Match Prod = new() { ObjectSelector = Tier("prod") };

    private static readonly Match ProdNamespaces = new() { NamespaceSelector = Tier("prod") };

    [Fact]
    public void A_change_of_a_label_that_selects_is_a_change()
    {
        var (labelled, bare) = (Api(Bare, ", 'labels': {'tier': 'prod'}"), Api(Bare));
        Assert.Equal([$"{Id} Warn Ratchet"], Lines(Run(labelled, bare, Policy(match: Prod))));
        Assert.Equal([$"{Id} Warn Ratchet"], Lines(Run(bare, labelled, Policy(match: Prod))));
        Assert.Equal([$"{Id} Deny None"], Lines(Run(labelled, bare, Policy(match: Prod, ratchet: false))));
    }

    [Fact]
    public void A_change_of_another_label_or_where_no_policy_selects_is_none()
    {
        var other = Api(Bare, ", 'labels': {'team': 'shop'}");
        Assert.Equal("changes nothing that is read", Run(other, Api(Bare), Policy(match: Prod, ratchet: false)).Skipped);
        Assert.Equal("changes nothing that is read", Run(Api(Bare, ", 'labels': {'tier': 'prod'}"), Api(Bare), Policy(ratchet: false)).Skipped);
    }

    [Fact]
    public void Nobody_leaves_a_policy_by_relabelling() =>
        Assert.False(Run(Api(Bare, ", 'labels': {'tier': 'test'}"), Api(Full, ", 'labels': {'tier': 'prod'}"), Policy(match: Prod)).Allowed);

    [Fact]
    public void For_a_namespace_that_is_not_known_a_policy_warns_at_most_repairs_nothing_and_says_so()
    {
        var verdict = Run(Api(Bare), null, Policy(match: ProdNamespaces, fix: true));
        Assert.Equal([$"{Id} Warn Advice"], Lines(verdict));
        Assert.Empty(verdict.Patch);
        Assert.Equal(["policy test selects namespaces by labels, and those of shop are not known: it warns at most"], verdict.Notices);
        Assert.Empty(Run(Api(Full), null, Policy(match: ProdNamespaces)).Notices);
    }

    [Fact]
    public void Another_policy_that_is_certain_denies_all_the_same()
    {
        var cluster = Cluster.Empty.With([Policy("a", match: ProdNamespaces), Policy("b")]);
        var judgement = Assert.Single(Evaluator.Evaluate(Judge.Review(Api(Bare)), cluster).Judgements);
        Assert.Equal(("b", GuardAction.Deny), (judgement.Policy, judgement.Action));
    }

    [Theory]
    [InlineData("prod", "Deny None")]
    [InlineData("test", null)]
    public void A_namespace_that_is_known_decides(string tier, string? expected)
    {
        var cluster = Cluster
            .Empty.With([Policy(match: ProdNamespaces)])
            .WithNamespace("shop", Judge.Json($"{{'metadata': {{'labels': {{'tier': '{tier}'}}}}}}"));
        Assert.Equal(expected is null ? [] : [$"{Id} {expected}"], Lines(Evaluator.Evaluate(Judge.Review(Api(Bare)), cluster)));
    }

    [Fact]
    public void An_excluded_namespace_is_not_judged_by_anybody()
    {
        var cluster = Cluster.Empty.With([Policy(fix: true, ratchet: false)]);
        foreach (var stage in Enum.GetValues<Stage>())
        {
            var review = Judge.Review(Api(Bare), stage: stage) with { Namespace = "argocd" };
            Assert.Equal("excluded namespace", Evaluator.Evaluate(review, cluster).Skipped);
            Assert.Null(Evaluator.Evaluate(review with { Namespace = "argocd2" }, cluster).Skipped);
            Assert.Null(Evaluator.Evaluate(review, cluster.With(GuardSettings.Default with { ExcludedNamespaces = ["shop"] })).Skipped);
        }
    }

    private static LabelSelector Tier(string value) => new([new LabelRequirement("tier", LabelOperator.In, [value])]);

    private static Verdict Run(string json, string? old, GuardPolicy policy) =>
        Evaluator.Evaluate(Judge.Review(json, old), Cluster.Empty.With([policy]));
}
