using AdmissionGuard.Core.Terms;
using AdmissionGuard.Tests.Rules.Rollout;

namespace AdmissionGuard.Tests.Rules.Route;

public sealed class SoleWriterTests
{
    private const string Id = "route-sole-writer";

    private static readonly string Rule = Shop.DestinationRule("stable", "canary");

    [Theory]
    [InlineData("stable 90, canary 10", "stable 50, canary 50", GuardAction.Deny)]
    [InlineData("stable 100, canary 0", "stable 99, canary 1", GuardAction.Deny)]
    [InlineData("stable 100", "stable 80, canary 20", GuardAction.Deny)]
    [InlineData("stable 90, canary 10", "stable 100, canary 0", GuardAction.Warn)]
    [InlineData("stable 0, canary 100", "stable 100, canary 0", GuardAction.Warn)]
    [InlineData("stable 90, canary 10", "stable 90, canary 10", null)]
    [InlineData("stable 90, canary 10", "stable 9, canary 1", null)]
    [InlineData("stable 90, canary 10", "canary 10, stable 90", null)]
    [InlineData("stable 90, canary 10", "stable 100", null)]
    [InlineData("blue 90, green 10", "blue 10, green 90", null)]
    public void Only_the_Rollout_moves_users_on(string old, string @new, GuardAction? expected)
    {
        var cluster = Shop.With(Shop.Rollout(), Shop.VirtualService(old), Rule);
        Assert.Equal(expected, Judge.Rule(Id, Shop.VirtualService(@new), Shop.VirtualService(old), cluster).Action());
        Assert.All(Judge.Rule(Id, Shop.VirtualService(@new), Shop.VirtualService(old), cluster, Judge.Argo), j =>
            Assert.Equal(GuardAction.Audit, j.Action)
        );
    }

    [Fact]
    public void Routes_that_no_Rollout_writes_are_anybodys()
    {
        var (old, @new) = (Shop.VirtualService("stable 90, canary 10", "tests"), Shop.VirtualService("stable 10, canary 90", "tests"));
        Assert.Empty(Judge.Rule(Id, @new, old, Shop.With(Shop.Rollout(), old, Rule)));
    }

    /// <summary>
    /// Git knows neither the routes that Argo adds for a step nor an experiment's destination: a sync in mid-canary takes them away, and must pass.
    /// </summary>
    [Theory]
    [InlineData("stable 80, canary 10, api-79b4c8d6f-2-0-canary/ 10")]
    [InlineData("stable 60, canary 40")]
    public void A_sync_from_Git_in_mid_canary_passes(string live)
    {
        const string header =
            "{'name': 'beta', 'match': [{'headers': {'x-beta': {'exact': 'yes'}}}], 'route': [{'destination': {'host': 'api', 'subset': "
            + "'canary'}, 'weight': 100}]}";
        var rollout = Shop.Rollout(steps: "10 header experiment 50 wait", more: ", 'managedRoutes': [{'name': 'beta'}]");
        var stored = Shop.VirtualService(live, before: header);
        var hashed = Rule.Replace(
            "'labels': {'app': 'api'}",
            "'labels': {'app': 'api', 'rollouts-pod-template-hash': '6c9d5f7b44'}",
            StringComparison.Ordinal
        );
        var cluster = Shop.With(rollout, stored, hashed);
        foreach (var id in (string[])[Id, "rollout-references", "rollout-managed-routes", "destination-rule-pod-hash"])
        {
            Assert.All(Judge.Rule(id, Shop.VirtualService(), stored, cluster), j => Assert.Equal(GuardAction.Warn, j.Action));
            Assert.Empty(Judge.Rule(id, Rule, hashed, cluster));
            Assert.Empty(Judge.Rule(id, stored.Replace("'hosts'", "'x': 1, 'hosts'", StringComparison.Ordinal), stored, cluster));
            Assert.Empty(Judge.Rule(id, hashed.Replace("'host'", "'x': 1, 'host'", StringComparison.Ordinal), hashed, cluster));
        }
    }

    [Theory]
    [InlineData("stable 80, canary 0, legacy 20", GuardAction.Deny)]
    [InlineData("stable 100, canary 0, legacy 0", null)]
    [InlineData("stable 100, canary 0, legacy", null)]
    [InlineData("stable 80, canary 0, extra 20", null)]
    [InlineData("stable 80, legacy 20", null)]
    public void A_route_holds_nothing_that_Argo_would_delete(string destinations, GuardAction? expected)
    {
        var rollout = Shop.Rollout(
            sides: Shop.Subsets.Replace("'name': 'api'", "'name': 'api', 'additionalSubsetNames': ['extra']", StringComparison.Ordinal)
        );
        Assert.Equal(expected, Judge.Rule(Id, Shop.VirtualService(destinations), cluster: Shop.With(rollout, Rule)).Action());
        Assert.Equal(expected, Judge.Rule(Id, rollout, cluster: Shop.With(Shop.VirtualService(destinations), Rule)).Action());
    }

    [Fact]
    public void A_stranger_that_was_there_before_is_no_reason_to_refuse_another_change()
    {
        var old = Shop.VirtualService("stable 80, canary 0, legacy 20");
        var cluster = Shop.With(Shop.Rollout(), old, Rule);
        Assert.Equal(GuardAction.Warn, Judge.Rule(Id, Shop.VirtualService("stable 90, canary 0, legacy 10"), old, cluster).Action());
        Assert.Equal(GuardAction.Warn, Judge.Rule(Id, Shop.Rollout(steps: "20 wait"), Shop.Rollout(), cluster).Action());
    }

    [Fact]
    public void A_DestinationRule_of_nobody_may_have_what_it_likes() =>
        Assert.Empty(Judge.Rule(Id, Shop.DestinationRule("v1", "v2", "v3"), cluster: Shop.With(Shop.Rollout(sides: ""))));
}
