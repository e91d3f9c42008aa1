using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Policies;

public sealed class MatchTests
{
    private static readonly Review Review = Judge.Review(
        "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'api', 'namespace': 'pay-core'}, 'spec': {}}"
    ) with
    {
        Actor = new Actor("jane", ["developers", "platform-oncall"]),
    };

    public static TheoryData<Match, bool> Matches =>
        new()
        {
            { Match.Everything, true },
            {
                new Match { Kinds = [ObjectKind.Rollout, ObjectKind.VirtualService] },
                true
            },
            {
                new Match { Kinds = [ObjectKind.VirtualService] },
                false
            },
            {
                new Match { Operations = [Operation.Update, Operation.Create] },
                true
            },
            {
                new Match { Operations = [Operation.Update] },
                false
            },
            {
                new Match { Namespaces = ["shop", "pay-*"] },
                true
            },
            {
                new Match { Namespaces = ["pay"] },
                false
            },
            {
                new Match { Namespaces = ["pay-*"], ExcludeNamespaces = ["*-core"] },
                false
            },
            {
                new Match { ExcludeNamespaces = ["pay-sandbox"] },
                true
            },
            {
                new Match { Users = ["jane"] },
                true
            },
            {
                new Match { Users = ["jan*"] },
                false
            },
            {
                new Match { ExcludeUsers = ["jane"] },
                false
            },
            {
                new Match { Groups = ["developers"] },
                true
            },
            {
                new Match { Groups = ["operators"] },
                false
            },
            {
                new Match { ExcludeGroups = ["platform-oncall"] },
                false
            },
            {
                new Match { Kinds = [ObjectKind.Rollout], Namespaces = ["shop"] },
                false
            },
        };

    [Theory]
    [MemberData(nameof(Matches))]
    public void Lists_are_alternatives_and_keys_must_all_agree(Match match, bool covers) =>
        Assert.Equal(covers ? Coverage.Yes : Coverage.No, match.Covers(Review, default));

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "a", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a*c", "abc", true)]
    [InlineData("a*c", "ac", true)]
    [InlineData("a*c", "abcd", false)]
    [InlineData("*a*b*", "xxaxxbxx", true)]
    [InlineData("*a*b*", "xxbxxaxx", false)]
    [InlineData("a?c", "abc", false)]
    [InlineData("pay-*", "PAY-core", false)]
    [InlineData("*.svc.cluster.local", "api.shop.svc.cluster.local", true)]
    [InlineData("a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void A_star_stands_for_any_run_of_characters(string pattern, string name, bool matches) =>
        Assert.Equal(matches, Wildcard.Matches(pattern, name));
}
