using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

public sealed class ReferencesTests
{
    private const string Id = "rollout-references";

    private static readonly string Rule = Shop.DestinationRule("stable", "canary");

    private static readonly Cluster Whole = Shop.With(Shop.Rollout(), Shop.VirtualService(), Rule);

    [Fact]
    public void What_belongs_together_comes_in_any_order()
    {
        Assert.All(Judge.Rule(Id, Shop.Rollout(), cluster: Cluster.Live), j =>
            Assert.Equal((GuardAction.Warn, Because.Advice), (j.Action, j.Because))
        );
        Assert.Equal(GuardAction.Warn, Judge.Rule(Id, Shop.VirtualService(name: "main"), cluster: Shop.With(Shop.Rollout(), Rule)).Action());
        Assert.Equal(
            GuardAction.Warn,
            Judge.Rule(Id, Shop.DestinationRule("stable"), cluster: Shop.With(Shop.Rollout(), Shop.VirtualService())).Action()
        );
        Assert.Empty(Judge.Rule(Id, Shop.Rollout(), cluster: Whole));
    }

    [Fact]
    public void An_update_that_breaks_what_was_whole_is_refused()
    {
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Shop.VirtualService(name: "main"), Shop.VirtualService(), Whole).Action());
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Shop.VirtualService("stable 100"), Shop.VirtualService(), Whole).Action());
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Shop.VirtualService("web/stable 100, web/canary 0"), Shop.VirtualService(), Whole).Action());
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Shop.DestinationRule("stable"), Rule, Whole).Action());
        Assert.Equal(
            GuardAction.Deny,
            Judge.Rule(Id, Rule.Replace("'host': 'api'", "'host': 'web'", StringComparison.Ordinal), Rule, Whole).Action()
        );
    }

    [Fact]
    public void What_was_broken_before_is_no_reason_to_refuse_another_change()
    {
        var broken = Shop.VirtualService(name: "main");
        Assert.Equal(
            GuardAction.Warn,
            Judge.Rule(Id, Shop.VirtualService("stable 90, canary 10", "main"), broken, Shop.With(Shop.Rollout(), broken, Rule)).Action()
        );
        Assert.Equal(
            GuardAction.Warn,
            Judge.Rule(Id, Shop.Rollout(steps: "20 wait"), Shop.Rollout(), Shop.With(Shop.Rollout(), broken, Rule)).Action()
        );
    }

    /// <summary>Were both sides refused until the other has changed, nothing could ever be renamed.</summary>
    [Fact]
    public void To_rename_a_route_or_a_subset_the_Rollout_goes_first()
    {
        var route = Shop.Rollout("'main'");
        Assert.Equal(GuardAction.Warn, Judge.Rule(Id, route, Shop.Rollout(), Whole).Action());
        Assert.Empty(Judge.Rule(Id, Shop.VirtualService(name: "main"), Shop.VirtualService(), Shop.With(route, Shop.VirtualService(), Rule)));
        var subset = Shop.Rollout(sides: Shop.Subsets.Replace("'canary'", "'next'", StringComparison.Ordinal));
        Assert.All(Judge.Rule(Id, subset, Shop.Rollout(), Whole), j => Assert.Equal(GuardAction.Warn, j.Action));
        Assert.Empty(
            Judge.Rule(Id, Shop.DestinationRule("stable", "next"), Rule, Shop.With(subset, Shop.VirtualService("stable 100, next 0"), Rule))
        );
    }

    [Fact]
    public void To_name_no_route_any_more_where_there_are_several_is_refused()
    {
        var two = Shop.VirtualService(
            before: "{'name': 'images', 'match': [{'uri': {'prefix': '/img'}}], 'route': [{'destination': {'host': 'images'}}]}"
        );
        Assert.Equal(GuardAction.Deny, Judge.Rule(Id, Shop.Rollout(""), Shop.Rollout(), Shop.With(Shop.Rollout(), two, Rule)).Action());
        Assert.Empty(
            Judge.Rule(Id, Shop.Rollout("", more: ", 'managedRoutes': [{'name': 'images'}]"), Shop.Rollout(), Shop.With(Shop.Rollout(), two, Rule))
        );
    }

    [Fact]
    public void What_a_Rollout_uses_is_not_deleted()
    {
        var served = Whole.With(new ObjectKey(ObjectKind.Service, "shop", "api"), Judge.Json("{'spec': {'ports': [{'port': 80}]}}"));
        Assert.Equal(GuardAction.Deny, Shop.Deleting(Id, Shop.VirtualService(), served).Action());
        Assert.Equal(GuardAction.Deny, Shop.Deleting(Id, Rule, served).Action());
        Assert.Empty(Shop.Deleting(Id, Shop.Rollout(), served));
        Assert.Empty(Shop.Deleting(Id, Rule, Whole)); // its Service went first: nobody can reach it
        var going = Shop.Rollout()
            .Replace("'namespace': 'shop'", "'namespace': 'shop', 'deletionTimestamp': '2026-11-21T00:00:00Z'", StringComparison.Ordinal);
        Assert.Empty(Shop.Deleting(Id, Rule, Shop.With(going, Shop.VirtualService(), Rule)));
    }

    [Fact]
    public void A_template_in_use_is_not_deleted_but_may_come_later()
    {
        const string template =
            "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'AnalysisTemplate', 'metadata': {'name': 'success-rate', 'namespace': 'shop'}, "
            + "'spec': {'metrics': []}}";
        var rollout = Manifest.Canary("10 analysis");
        Assert.Equal(GuardAction.Warn, Judge.Rule(Id, rollout, Manifest.Canary("10 wait"), Cluster.Live).Action());
        Assert.Equal(GuardAction.Deny, Shop.Deleting(Id, template, Shop.With(rollout, template)).Action());
        Assert.Empty(Shop.Deleting(Id, template, Shop.With(Manifest.Canary("10 wait"), template)));
        Assert.Empty(Judge.Rule(Id, template, cluster: Shop.With(rollout)));
    }

    [Theory]
    [InlineData("'app': 'api'", false)]
    [InlineData("'app': 'api', 'rollouts-pod-template-hash': '6c9d5f7b44'", false)]
    [InlineData("'app': 'web'", true)]
    public void A_Service_selects_the_Rollouts_pods_whichever_version_it_stands_for(string selector, bool wrong)
    {
        var service =
            $"{{'apiVersion': 'v1', 'kind': 'Service', 'metadata': {{'name': 'api', 'namespace': 'shop'}}, 'spec': {{'selector': {{{selector}}}}}}}";
        var rollout = Manifest
            .BlueGreen("")
            .Replace("'template': {", "'template': {'metadata': {'labels': {'app': 'api'}}, ", StringComparison.Ordinal);
        Assert.Equal(wrong ? GuardAction.Warn : null, Judge.Rule(Id, rollout, cluster: Shop.With(service)).Action());
    }

    [Theory]
    [InlineData("'stableService': 'api', 'canaryService': 'api-canary'", "api/ 90, api-canary.shop.svc.cluster.local/ 10", false)]
    [InlineData("'stableService': 'api', 'canaryService': 'api-canary'", "api/ 100", true)]
    [InlineData("'pingPong': {'pingService': 'api', 'pongService': 'api-canary'}", "api-canary/ 90, api/ 10", false)]
    [InlineData("", "api/ 90, api-canary/ 10", false)]
    public void Sides_may_be_Services_of_which_the_first_label_counts(string services, string destinations, bool lacks)
    {
        var rollout = Shop.Rollout(sides: "");
        if (services.Length > 0)
            rollout = rollout.Replace("'canary': {", $"'canary': {{{services}, ", StringComparison.Ordinal);
        var findings = Judge.Rule(Id, Shop.VirtualService(destinations), cluster: Shop.With(rollout));
        Assert.Equal(lacks ? GuardAction.Warn : null, findings.Action());
    }
}
