using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

public sealed partial class WeightIncreaseTests
{
    private const string Id = "virtual-service-weight-increase";

    private static IReadOnlyList<Judgement> From(string old, string @new, Cluster? cluster = null, string? parameters = null, Actor? actor = null) =>
        Judge.Rule(Id, @new, old, cluster, actor, parameters: parameters);

    private static GuardAction? Action(IReadOnlyList<Judgement> judgements) => judgements.Count == 0 ? null : Assert.Single(judgements).Action;

    private static string Rollout(string routing) =>
        $"{{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {{'name': 'api', 'namespace': 'shop'}}, 'spec': "
        + $"{{'strategy': {{'canary': {routing}}}}}}}";

    private static string BySubset(string stable, string canary, string routes = "") =>
        Rollout(
            $"{{'trafficRouting': {{'istio': {{'virtualService': {{'name': 'api', 'routes': [{routes}]}}, 'destinationRule': {{'name': 'api', "
                + $"'stableSubsetName': '{stable}', 'canarySubsetName': '{canary}'}}}}}}}}"
        );

    [Theory]
    // forward
    [InlineData("stable 90, canary 10", "stable 0, canary 100", GuardAction.Deny)]
    [InlineData("stable 90, canary 10", "canary 100", GuardAction.Deny)]
    [InlineData("stable 90, canary 10", "canary", GuardAction.Deny)]
    [InlineData("stable", "canary", GuardAction.Deny)]
    [InlineData("stable 100", "canary 100", GuardAction.Deny)]
    [InlineData("v1 100", "v1 49, v2 51", GuardAction.Deny)]
    [InlineData("v9 100, v10 0", "v9 0, v10 100", GuardAction.Deny)]
    [InlineData("stable 95, canary 5", "stable 2, canary 3", GuardAction.Deny)]
    [InlineData("stable 9, canary 1", "stable 1, canary 9", GuardAction.Deny)]
    [InlineData("api-v1/ 100", "api-v2/ 100", GuardAction.Deny)]
    [InlineData("api/", "api-canary/", GuardAction.Deny)]
    [InlineData("api/ 100", "canary 100", GuardAction.Deny)]
    [InlineData("v1 60, v2 40", "v3 100", GuardAction.Deny)]
    [InlineData("stable 50, stable 50", "stable 40, canary 30, canary 30", GuardAction.Deny)]
    // within the limit
    [InlineData("stable 100", "stable 50, canary 50", null)]
    [InlineData("stable 100", "stable 5, canary 5", null)]
    [InlineData("stable 50, canary 50", "canary 100", null)]
    [InlineData("stable 2, canary 1", "stable 1, canary 5", null)]
    [InlineData("v1 100", "v1 0, v2 50, v3 50", null)]
    // back
    [InlineData("stable 0, canary 100", "stable 90, canary 10", null)]
    [InlineData("stable 0, canary 100", "stable 100", null)]
    [InlineData("v2 90, v1 10", "v1 100", null)]
    [InlineData("canary", "stable", null)]
    [InlineData("api-canary/", "api/", null)]
    [InlineData("v3 100", "v1 100", null)]
    // partly back: v2 takes 60 points, but only 10 of them from v1
    [InlineData("v1 10, v2 30, v3 60", "v2 90, v3 10", null)]
    // nobody can tell
    [InlineData("blue 100, green 0", "blue 0, green 100", GuardAction.Warn)]
    [InlineData("us-east-1 100", "us-east-2 100", GuardAction.Warn)]
    [InlineData("us-east-1 60, us-east-2 40", "us-east-2 100", GuardAction.Warn)]
    [InlineData("a 60, b 40", "a 0, b 100", GuardAction.Warn)]
    [InlineData("api.eu.example.com/ 100", "api.us.example.com/ 100", GuardAction.Warn)]
    [InlineData("prod 100", "standby 100", GuardAction.Warn)]
    [InlineData("v1 100", "other/v2 100", GuardAction.Warn)]
    [InlineData("v1:80 100", "v2:81 100", GuardAction.Warn)]
    [InlineData("v1 40, eu 60", "v2 100", GuardAction.Warn)]
    // the same pods
    [InlineData("api/", "api.shop.svc.cluster.local/", null)]
    [InlineData("v1 100", "api.shop.svc.cluster.local/v1 100", null)]
    [InlineData("v1", "v1:8080", null)]
    public void A_change_of_weights_is_judged_by_whose_users_move(string old, string @new, GuardAction? expected) =>
        Assert.Equal(expected, Action(From(Vs.Split(old), Vs.Split(@new))));

    [Fact]
    public void It_says_what_grew_by_how_much_and_what_may_be_written_instead()
    {
        var judgement = Assert.Single(From(Vs.Split("stable 90, canary 10"), Vs.Split("stable 0, canary 100")));
        Assert.Equal("spec.http[0].route[1].weight", judgement.Path.ToText());
        Assert.Equal(
            "canary of api goes from 10 % to 100 % of users in one step, an increase of at most 50 points is allowed",
            judgement.Finding.Message
        );
        Assert.Equal("+90 points", judgement.Finding.Found);
        Assert.Equal("+50 points", judgement.Finding.Limit);
        Assert.Equal("GET / without headers api.shop.svc.cluster.local/canary", judgement.Finding.Key);
        Assert.Equal(
            """
            route:
            - destination: {host: api, subset: stable}
              weight: 40
            - destination: {host: api, subset: canary}
              weight: 60
            """,
            judgement.Finding.Remedy
        );
    }

    [Fact]
    public void The_remedy_keeps_the_destination_that_was_deleted()
    {
        var judgement = Assert.Single(From(Vs.Split("stable:8080 2, canary:8080 1"), Vs.Split("canary:8080"), parameters: "{'maxIncrease': 30}"));
        Assert.Equal("spec.http[0].route[0]", judgement.Path.ToText());
        Assert.Equal(
            """
            route:
            - destination: {host: api, subset: canary, port: {number: 8080}}
              weight: 63
            - destination: {host: api, subset: stable, port: {number: 8080}}
              weight: 37
            """,
            judgement.Finding.Remedy
        );
    }

    [Theory]
    [InlineData("stable 95, canary 5", "stable 0, canary 100")]
    [InlineData("stable 2, canary 1", "canary 1")]
    [InlineData("v1 33, v2 33, v3 34", "v4 100")]
    public void Doing_what_the_remedy_says_passes(string old, string @new)
    {
        var remedy = Assert.Single(From(Vs.Split(old), Vs.Split(@new))).Finding.Remedy!;
        var written = string.Join(
            ", ",
            remedy.Split("- destination: ").Skip(1).Select(d => $"{d.Split("subset: ")[1].Split('}')[0]} {d.Split("weight: ")[1].Trim()}")
        );
        Assert.Empty(From(Vs.Split(old), Vs.Split(written)));
    }

    [Fact]
    public void A_warning_says_why_it_is_one()
    {
        var judgement = Assert.Single(From(Vs.Split("blue 100, green 0"), Vs.Split("blue 0, green 100")));
        Assert.Equal(Because.Direction, judgement.Because);
        Assert.EndsWith(
            "more than 50 points are allowed only in a rollback, and names do not tell whether this is one",
            judgement.Finding.Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>The pods of a service are of all versions: only a version on trial is known to get users that it did not have.</summary>
    [Theory]
    [InlineData("v1 100", null)]
    [InlineData("v2 100", null)]
    [InlineData("blue 100, green 0", null)]
    [InlineData("stable 95, canary 5", null)]
    [InlineData("stable 0, canary 100", GuardAction.Warn)]
    public void A_first_VirtualService_is_compared_with_the_service_that_answered_before_it(string @new, GuardAction? expected)
    {
        var judgement = Judge.Rule(Id, Vs.Split(@new)).SingleOrDefault();
        Assert.Equal(expected, judgement?.Action);
        Assert.Equal(expected is null ? null : Because.Direction, judgement?.Because);
    }

    [Fact]
    public void A_controller_is_not_denied() =>
        Assert.Equal(GuardAction.Audit, Action(From(Vs.Split("stable 100, canary 0"), Vs.Split("stable 0, canary 100"), actor: Judge.Argo)));

    [Fact]
    public void Strict_allows_smaller_steps()
    {
        var strict = Core.Policies.GuardPolicy.Of(Profile.Strict);
        Judgement[] Strictly(string old, string @new) =>
            [.. Judge.Verdict(Vs.Split(@new), Vs.Split(old), policy: strict, stage: Stage.Validate).Judgements.Where(j => j.Rule == Id)];
        Assert.Equal(GuardAction.Deny, Assert.Single(Strictly("stable 90, canary 10", "stable 59, canary 41")).Action);
        Assert.Empty(Strictly("stable 90, canary 10", "stable 60, canary 40"));
    }

    [Fact]
    public void An_exempt_host_may_be_switched_at_once()
    {
        const string exempt = "{'exemptHosts': ['*.example.com']}";
        Assert.Equal(GuardAction.Deny, Action(From(Vs.Split("pay-v1.example.com/"), Vs.Split("pay-v2.example.com/"))));
        Assert.Empty(From(Vs.Split("pay-v1.example.com/"), Vs.Split("pay-v2.example.com/"), parameters: exempt));
    }

    [Fact]
    public void The_Rollout_that_owns_the_route_says_which_side_is_stable()
    {
        var cluster = Judge.ClusterOf(BySubset("blue", "green"));
        Assert.Equal(GuardAction.Deny, Action(From(Vs.Split("blue 100, green 0"), Vs.Split("blue 0, green 100"), cluster)));
        Assert.Null(Action(From(Vs.Split("blue 0, green 100"), Vs.Split("blue 100, green 0"), cluster)));
    }

    [Fact]
    public void The_Rollout_is_believed_rather_than_names()
    {
        var cluster = Judge.ClusterOf(BySubset("v2", "v1"));
        Assert.Null(Action(From(Vs.Split("v2 0, v1 100"), Vs.Split("v2 100, v1 0"), cluster)));
        Assert.Equal(GuardAction.Deny, Action(From(Vs.Split("v2 100, v1 0"), Vs.Split("v2 0, v1 100"), cluster)));
    }

    [Fact]
    public void A_Rollout_owns_only_the_routes_that_it_names()
    {
        var cluster = Judge.ClusterOf(BySubset("blue", "green", "'primary'"));
        string Named(string name, string split) => Vs.Split(split, $"'name': '{name}'");
        Assert.Equal(GuardAction.Deny, Action(From(Named("primary", "blue 100, green 0"), Named("primary", "blue 0, green 100"), cluster)));
        Assert.Equal(GuardAction.Warn, Action(From(Named("other", "blue 100, green 0"), Named("other", "blue 0, green 100"), cluster)));
    }

    [Fact]
    public void A_Rollout_with_Services_is_compared_by_the_first_label_of_the_host()
    {
        var cluster = Judge.ClusterOf(
            Rollout("{'stableService': 'web', 'canaryService': 'web-two', 'trafficRouting': {'istio': {'virtualService': {'name': 'api'}}}}")
        );
        Assert.Equal(
            GuardAction.Deny,
            Action(From(Vs.Split("web/ 100, web-two/ 0"), Vs.Split("web/ 0, web-two.shop.svc.cluster.local/ 100"), cluster))
        );
        Assert.Null(Action(From(Vs.Split("web/ 0, web-two/ 100"), Vs.Split("web/ 100, web-two/ 0"), cluster)));
    }

    [Fact]
    public void Git_may_write_managed_weights_back_to_100_and_0()
    {
        var cluster = Judge.ClusterOf(BySubset("stable", "canary"));
        Assert.Empty(From(Vs.Split("stable 20, canary 80"), Vs.Split("stable 100, canary 0"), cluster, actor: Actor.GitOps));
    }

    [Fact]
    public void Weights_that_cannot_be_read_refuse_nothing() =>
        Assert.Empty(From(Vs.Split("stable 100, canary 0"), Vs.Split("stable '90', canary 10")));

    [Fact]
    public void Bringing_a_route_back_from_a_redirect_is_no_increase()
    {
        const string maintenance = "{'directResponse': {'status': 503}}";
        Assert.Empty(From(Vs.Http(maintenance), Vs.Split("v2")));
        Assert.Empty(From(Vs.Split("v2"), Vs.Http(maintenance)));
    }

    [Fact]
    public void An_edit_elsewhere_is_no_increase() =>
        Assert.Empty(From(Vs.Split("stable 0, canary 100"), Vs.Split("stable 0, canary 100", "'timeout': '5s'")));
}
