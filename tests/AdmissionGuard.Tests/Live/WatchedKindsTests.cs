using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Live;
using AdmissionGuard.Tests.Kubernetes;
using static AdmissionGuard.Tests.Live.Following;

namespace AdmissionGuard.Tests.Live;

/// <summary>Objects that rules look up: which are watched, and what rules say while they are not all known.</summary>
public sealed class WatchedKindsTests
{
    private const string Weights = "virtual-service-weight-increase";

    private const string Rollout =
        "{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','metadata':{'name':'api','namespace':'shop',"
        + "'annotations':{'kubectl.kubernetes.io/last-applied-configuration':'{}','note':'x'},'finalizers':['a/b']},"
        + "'spec':{'strategy':{'canary':{'trafficRouting':{'managedRoutes':[{'name':'beta'}],"
        + "'istio':{'virtualService':{'name':'api'},'destinationRule':{'name':'api','stableSubsetName':'blue',"
        + "'canarySubsetName':'green'}}}}}},'status':{'phase':'Healthy'}}";

    [Fact]
    public void Every_kind_that_a_rule_reads_has_a_version_to_watch() =>
        Assert.All(Catalogue.Rules.SelectMany(r => r.Reads), kind => Assert.NotEmpty(WatchedKind.Of(kind).Versions));

    [Fact]
    public async Task Only_what_rules_in_force_look_up_is_watched()
    {
        await using var following = await Begin(Policy("payments", Alone("destination-rule-zero-limit")));
        Assert.Equal(["GuardPolicy", "GuardException", "GuardSettings", "Namespace"], following.Live.State.Watches.Select(w => w.Name));
        following.Server.Put(RolloutsPath, Rollout);
        following.Server.Put(PoliciesPath, Policy("payments", Alone(Weights)));
        await following.Until(l => l.State.Watches.Any(w => w.Name == "Rollout") && l.Cluster.Incomplete.IsEmpty);
        Assert.True(following.Live.State.IsReady);
        Assert.False(following.Verdict(Split(0, 100), Split(100, 0)).Allowed);
        following.Server.Delete(PoliciesPath, "payments");
        await following.Until(l => l.State.Watches.Count == 4);
        following.Server.Delete(RolloutsPath, "api");
        following.Server.Put(PoliciesPath, Policy("payments", Alone(Weights)));
        await following.Until(l =>
            l.State.Watches.Count == 4 + Catalogue.Find("virtual-service-weight-increase")!.Reads.Count && l.Cluster.Incomplete.IsEmpty
        );
        Assert.Equal(Because.Direction, Assert.Single(following.Verdict(Split(0, 100), Split(100, 0)).Judgements).Because);
    }

    [Fact]
    public async Task A_Rollout_that_appears_tells_which_side_is_the_older()
    {
        await using var following = await Begin(Policy("payments", Alone(Weights)));
        var before = Assert.Single(following.Verdict(Split(0, 100), Split(100, 0)).Judgements);
        Assert.Equal((GuardAction.Warn, Because.Direction), (before.Action, before.Because));
        following.Server.Put(RolloutsPath, Rollout);
        await following.Until(_ => !following.Verdict(Split(0, 100), Split(100, 0)).Allowed);
        Assert.Empty(following.Verdict(Split(100, 0), Split(0, 100)).Judgements);
        following.Server.Delete(RolloutsPath, "api");
        await following.Until(_ => following.Verdict(Split(0, 100), Split(100, 0)).Allowed);
    }

    [Fact]
    public async Task A_Rollout_that_appears_makes_a_VirtualService_answer_for_its_routes()
    {
        await using var following = await Begin(Policy("payments", Alone("rollout-managed-routes")));
        const string Twice =
            "{'apiVersion':'networking.istio.io/v1','kind':'VirtualService','metadata':{'name':'api','namespace':'shop'},"
            + "'spec':{'http':[{'name':'a','route':[{'destination':{'host':'api'}}]},{'name':'a',"
            + "'route':[{'destination':{'host':'api'}}]}]}}";
        Assert.True(following.Verdict(Twice).Allowed);
        following.Server.Put(RolloutsPath, Rollout);
        await following.Until(_ => following.Verdict(Twice).Judgements.Count > 0);
    }

    [Fact]
    public async Task A_kind_without_definition_counts_as_loaded_and_is_found_when_it_comes()
    {
        await using var server = await FakeApi.Serving(PoliciesPath, ExceptionsPath, SettingsPath, NamespacesPath);
        server.Put(PoliciesPath, Policy("payments", Alone(Weights)));
        await using var following = Of(server);
        await following.Until(l => l.State.IsReady);
        Assert.Contains(following.Live.State.Watches, w => w is { Name: "Rollout", State: { Synced: true, Served: false } });
        Assert.Empty(following.Live.Cluster.Incomplete);
        server.Put(RolloutsPath, Rollout);
        server.Serve(RolloutsPath);
        await following.Until(_ => !following.Verdict(Split(0, 100), Split(100, 0)).Allowed);
    }

    [Fact]
    public async Task An_older_version_is_watched_where_the_newest_is_not_served()
    {
        await using var server = await FakeApi.Serving(
            PoliciesPath,
            ExceptionsPath,
            SettingsPath,
            NamespacesPath,
            RolloutsPath,
            "apis/networking.istio.io/v1beta1/virtualservices"
        );
        server.Put(PoliciesPath, Policy("payments", Alone("rollout-managed-routes")));
        await using var following = Of(server);
        await following.Until(l => l.State.IsReady);
        Assert.Contains(following.Live.State.Watches, w => w is { Name: "VirtualService", State.Served: true });
    }

    [Fact]
    public async Task A_watch_that_is_lost_makes_its_rules_warn_and_nobody_unready_until_it_is_found_again()
    {
        await using var following = await Begin(
            Policy("payments", $"{{'rules':[{{'rule':'{Weights}'}},{{'rule':'destination-rule-outlier-detection'}}]}}")
        );
        following.Server.Put(RolloutsPath, Rollout);
        await following.Until(_ => !following.Verdict(Split(0, 100), Split(100, 0)).Allowed);
        following.Server.Fail(RolloutsPath);
        await following.Until(l => l.Cluster.Incomplete.Contains(ObjectKind.Rollout));
        var verdict = following.Verdict(Split(0, 100), Split(100, 0));
        Assert.True(verdict.Allowed);
        Assert.Contains(verdict.Judgements, j =>
            j is { Rule: Weights, Action: GuardAction.Warn, OriginalAction: GuardAction.Deny, Because: Because.Advice }
        );
        Assert.Equal("Rollout objects of the cluster are not all known now: rules that read them warn at most", Assert.Single(verdict.Notices));
        Assert.False(
            following
                .Verdict(
                    "{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','metadata':{'name':'api','namespace':'shop'},"
                        + "'spec':{'host':'api.shop.svc.cluster.local'}}"
                )
                .Allowed
        );
        Assert.True(following.Live.State.IsReady);
        Assert.NotNull(following.Live.State.Watches.Single(w => w.Name == "Rollout").State.LostSince);
        following.Server.Mend(RolloutsPath);
        await following.Until(_ => !following.Verdict(Split(0, 100), Split(100, 0)).Allowed);
    }

    [Fact]
    public async Task It_is_not_ready_while_something_was_never_loaded_and_says_what()
    {
        await using var server = await FakeApi.Serving(All);
        server.Put(PoliciesPath, Policy("payments", Alone(Weights)));
        server.Fail(RolloutsPath);
        await using var following = Of(server);
        await following.Until(l => l.State.Watches.Any(w => w.Name == "Rollout"));
        await following.Until(l => l.State.HasPolicies);
        Assert.False(following.Live.State.IsReady);
        Assert.Contains(ObjectKind.Rollout, following.Live.Cluster.Incomplete);
        server.Mend(RolloutsPath);
        await following.Until(l => l.State.IsReady);
    }

    [Fact]
    public async Task Nothing_is_judged_before_exceptions_and_settings_are_known_too()
    {
        await using var server = await FakeApi.Serving(All);
        server.Put(PoliciesPath, Policy("payments", Alone("destination-rule-zero-limit")));
        server.Fail(ExceptionsPath);
        await using var following = Of(server);
        await following.Until(l => l.State.Watches.Any(w => w is { Name: "GuardPolicy", State.Synced: true }));
        Assert.False(following.Live.State.HasPolicies);
        Assert.Empty(following.Live.Cluster.Policies);
        server.Mend(ExceptionsPath);
        await following.UntilInForce("payments");
    }

    [Fact]
    public void Of_an_object_its_spec_and_name_are_kept_and_of_a_Rollout_how_it_stands()
    {
        var root = Judge.Json(Rollout);
        var kept = ObjectTrimmer.Of(root, ObjectKind.Rollout);
        Assert.True(kept["spec"u8].SameAs(root["spec"u8]));
        Assert.Equal("{\"name\":\"api\",\"namespace\":\"shop\",\"annotations\":{\"note\":\"x\"}}", kept["metadata"u8].ToString());
        Assert.Equal("Healthy", kept["status"u8]["phase"u8].Text);
        Assert.False(ObjectTrimmer.Of(root, ObjectKind.VirtualService)["status"u8].Exists);
        Assert.False(ObjectTrimmer.OfNamespace(root)["spec"u8].Exists);
    }

    private static string Split(int blue, int green) =>
        $"{{'apiVersion':'networking.istio.io/v1','kind':'VirtualService','metadata':{{'name':'api','namespace':'shop'}},"
        + $"'spec':{{'hosts':['api'],'http':[{{'route':[{{'destination':{{'host':'api','subset':'blue'}},'weight':{blue}}},"
        + $"{{'destination':{{'host':'api','subset':'green'}},'weight':{green}}}]}}]}}}}";
}
