using System.Text.Json.Nodes;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Tests.Kubernetes;
using AdmissionGuard.Tests.Server;
using static AdmissionGuard.Tests.Live.Following;

namespace AdmissionGuard.Tests.Live;

/// <summary>Policies, exceptions and settings as custom resources: what is in force, and what their status says.</summary>
public sealed class PoliciesInClusterTests
{
    private const string Outliers = "destination-rule-outlier-detection";

    private const string Bad =
        "{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','metadata':{'name':'api','namespace':'shop'},"
        + "'spec':{'host':'api.shop.svc.cluster.local'}}";

    private static readonly string Broken = Alone("destination-rule-outlier-detektion");

    [Fact]
    public async Task In_a_cluster_nothing_applies_but_the_policies_that_are_there()
    {
        await using var following = await Begin();
        Assert.Empty(following.Live.Cluster.Policies);
        Assert.True(following.Verdict(Bad).Allowed);
        following.Server.Put(PoliciesPath, Policy("payments", Alone(Outliers)));
        await following.UntilInForce("payments");
        await following.Until(l => l.State.Watches.Any(w => w.Name == "ServiceEntry") && l.Cluster.Incomplete.IsEmpty);
        Assert.False(following.Verdict(Bad).Allowed);
    }

    [Fact]
    public async Task A_policy_of_a_file_applies_besides_and_gives_way_to_the_custom_resource_of_its_name()
    {
        await using var server = await FakeApi.Serving(All);
        await using var following = Of(server, GuardPolicy.Of(Profile.Baseline));
        await following.Until(l => l.State.IsReady);
        Assert.False(following.Verdict(Bad).Allowed);
        server.Put(PoliciesPath, Policy("baseline", "{'profile':'baseline','mode':'warn'}"));
        await following.Until(l => l.Cluster.Policies.Any(p => p.Mode == PolicyMode.Warn));
        Assert.True(following.Verdict(Bad).Allowed);
    }

    [Fact]
    public async Task A_policy_that_is_broken_leaves_its_last_good_version_in_force_until_it_is_mended_or_deleted()
    {
        await using var following = await Begin(Policy("payments", Alone(Outliers)));
        following.Server.Put(PoliciesPath, Policy("payments", Broken));
        await following.Until(l => l.Policies.Refused.Count > 0);
        Assert.False(following.Verdict(Bad).Allowed);
        Assert.Equal(
            "GuardPolicy payments: spec.rules[0].rule: there is no rule \"destination-rule-outlier-detektion\", did you mean "
                + "destination-rule-outlier-detection?",
            Assert.Single(following.Live.Policies.Refused).ToString()
        );

        following.Server.Put(
            PoliciesPath,
            Policy("payments", "{'profile':'none','mode':'warn','rules':[{'rule':'destination-rule-outlier-detection'}]}")
        );
        await following.Until(l => l.Policies.Refused.Count == 0);
        Assert.True(following.Verdict(Bad).Allowed);

        following.Server.Delete(PoliciesPath, "payments");
        await following.UntilInForce();
    }

    [Fact]
    public async Task A_policy_that_was_never_good_is_not_in_force_and_hinders_no_other()
    {
        await using var following = await Begin(Policy("payments", Broken));
        following.Server.Put(PoliciesPath, Policy("zeta", Alone(Outliers)));
        await following.UntilInForce("zeta");
        Assert.Single(following.Live.Policies.Refused);
        Assert.Equal(
            "policies in force: none\n"
                + "refused, the last version without errors stays in force: GuardPolicy payments: spec.rules[0].rule: there is no rule "
                + "\"destination-rule-outlier-detektion\", did you mean destination-rule-outlier-detection?\n"
                + "policies in force: zeta\n",
            following.Log.ToString()
        );
    }

    [Fact]
    public async Task A_policy_on_its_way_out_is_gone_at_once_and_no_status_is_written_to_it()
    {
        await using var following = await Begin(Policy("payments", Alone(Outliers)));
        await RunningServer.Until(() => following.Server.Statuses.Count == 1);
        following.Server.Put(
            PoliciesPath,
            Policy("payments", Broken)
                .Replace("'name'", "'deletionTimestamp':'2026-11-21T11:00:00Z','finalizers':['example.com/held'],'name'", StringComparison.Ordinal)
        );
        await following.UntilInForce();
        following.Server.Put(PoliciesPath, Policy("zeta", Alone(Outliers)));
        await RunningServer.Until(() => following.Server.Statuses.Count == 2);
        Assert.Equal(["payments", "zeta"], following.Server.Statuses.Select(s => s.Name));
    }

    [Fact]
    public async Task The_status_says_whether_a_policy_is_in_force_and_is_written_once()
    {
        await using var following = await Begin(Policy("payments", Alone(Outliers, ",'fix':true")));
        await RunningServer.Until(() => following.Server.Statuses.Count == 1);
        var accepted = following.Server.Statuses[0].Status;
        Assert.True(
            JsonNode.DeepEquals(
                accepted,
                JsonNode.Parse(
                    """
                    {"observedGeneration":1,"conditions":[{"type":"Accepted","status":"True","observedGeneration":1,
                      "lastTransitionTime":"2026-11-21T12:00:00Z","reason":"Valid","message":"in force"}],
                     "counts":{"rules":1,"deny":1,"warn":0,"audit":0,"fix":1}}
                    """
                )
            ),
            accepted.ToJsonString()
        );

        following.Server.Put(PoliciesPath, Policy("payments", Broken));
        await RunningServer.Until(() => following.Server.Statuses.Count == 2);
        var refused = following.Server.Statuses[1].Status;
        Assert.Equal("False", (string?)refused["conditions"]![0]!["status"]);
        Assert.Equal(
            "1 error: refused, the last version without errors stays in force, if there was one",
            (string?)refused["conditions"]![0]!["message"]
        );
        Assert.Equal(2, (int?)refused["observedGeneration"]);
        Assert.Equal("/spec/rules/0/rule", (string?)refused["errors"]![0]!["path"]);
        Assert.Null(refused["counts"]);

        // its own writes come back by the watch, and another object's status shows that they were seen
        following.Server.Put(PoliciesPath, Policy("zeta", Alone(Outliers)));
        await RunningServer.Until(() => following.Server.Statuses.Count == 3);
        Assert.Equal(["payments", "payments", "zeta"], following.Server.Statuses.Select(s => s.Name));
        await using var second = Of(following.Server);
        await second.Until(l => l.State.IsReady);
        following.Server.Put(PoliciesPath, Policy("zulu", Alone(Outliers)));
        await RunningServer.Until(() => following.Server.Statuses.Any(s => s.Name == "zulu"));
        Assert.Equal(4, following.Server.Statuses.Count);
    }

    [Fact]
    public async Task Replicas_that_disagree_about_an_object_do_not_overwrite_each_other_for_ever()
    {
        await using var following = await Begin(Policy("payments", Alone(Outliers)));
        await RunningServer.Until(() => following.Server.Statuses.Count == 1);
        const string Another =
            "'status':{'observedGeneration':1,'conditions':[{'type':'Accepted','status':'False',"
            + "'lastTransitionTime':'2026-11-21T12:00:01Z'}]},'spec'";
        following.Server.Put(PoliciesPath, Policy("payments", Alone(Outliers)).Replace("'spec'", Another, StringComparison.Ordinal));
        following.Server.Put(PoliciesPath, Policy("zeta", Alone(Outliers)));
        await RunningServer.Until(() => following.Server.Statuses.Count == 2);
        Assert.Equal("zeta", following.Server.Statuses[1].Name);
        // another generation is another matter
        following.Server.Put(PoliciesPath, Policy("payments", Broken));
        await RunningServer.Until(() => following.Server.Statuses.Count == 3);
    }

    [Fact]
    public async Task An_exception_ends_by_the_time_of_the_review()
    {
        await using var following = await Begin(Policy("payments", Alone(Outliers)));
        following.Server.Put(ExceptionsPath, Exception("2026-12-24T00:00:00Z"));
        await following.Until(l => l.Policies.Set.Exceptions.Count == 1);
        Assert.True(following.Verdict(Bad).Allowed);
        Assert.False(
            Evaluator
                .Evaluate(Judge.Review(Bad) with { Now = new DateTimeOffset(2026, 12, 24, 0, 0, 0, TimeSpan.Zero) }, following.Live.Cluster)
                .Allowed
        );
        following.Server.Delete(ExceptionsPath, "legacy");
        await following.Until(l => l.Policies.Set.Exceptions.Count == 0);
        Assert.False(following.Verdict(Bad).Allowed);
    }

    [Fact]
    public async Task The_settings_of_the_cluster_bound_its_exceptions_whichever_came_first()
    {
        await using var server = await FakeApi.Serving(All);
        server.Put(PoliciesPath, Policy("payments", Alone(Outliers)));
        server.Put(ExceptionsPath, Exception("2027-04-01T00:00:00Z"));
        server.Put(SettingsPath, SettingsOf("{'maxExceptionDays':200}"));
        await using var following = Of(server);
        await following.Until(l => l.State.IsReady);
        Assert.Empty(following.Live.Policies.Refused);
        Assert.True(following.Verdict(Bad).Allowed);
        server.Put(SettingsPath, SettingsOf("{'maxExceptionDays':200,'excludedNamespaces':['shop']}"));
        await following.Until(l => l.Cluster.Settings.Excludes("shop"));
        server.Put(SettingsPath, SettingsOf("{'maxExceptionDays':2000}"));
        await following.Until(l => l.Policies.Refused.Count > 0);
        Assert.Equal(200, following.Live.Cluster.Settings.MaxExceptionDays);
        server.Delete(SettingsPath, "cluster");
        await following.Until(l => l.Cluster.Settings.MaxExceptionDays == GuardSettings.Default.MaxExceptionDays);
    }

    [Fact]
    public async Task Labels_of_a_namespace_select_as_they_are_now()
    {
        await using var following = await Begin(
            Policy(
                "payments",
                Alone(Outliers)
                    .Replace("{'rules'", "{'match':{'namespaceSelector':{'matchLabels':{'tier':'prod'}}},'rules'", StringComparison.Ordinal)
            )
        );
        Assert.Equal(Because.Advice, Assert.Single(following.Verdict(Bad).Judgements).Because);
        following.Server.Put(NamespacesPath, "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'shop','labels':{'tier':'prod'}}}");
        await following.Until(_ => !following.Verdict(Bad).Allowed);
        following.Server.Put(NamespacesPath, "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'shop','labels':{'tier':'test'}}}");
        await following.Until(_ => following.Verdict(Bad).Judgements.Count == 0);
        following.Server.Delete(NamespacesPath, "shop");
        await following.Until(_ => following.Verdict(Bad).Judgements.Count == 1);
    }

    private static string Exception(string expires) =>
        "{'apiVersion':'admissionguard.io/v1alpha1','kind':'GuardException','metadata':{'name':'legacy',"
        + "'creationTimestamp':'2026-11-20T00:00:00Z'},'spec':{'rules':['destination-rule-outlier-detection'],"
        + $"'match':{{'kinds':['DestinationRule'],'namespaces':['shop'],'names':['api']}},'owner':'team-pay','reason':'until the "
        + $"migration','expires':'{expires}'}}}}";

    private static string SettingsOf(string spec) =>
        $"{{'apiVersion':'admissionguard.io/v1alpha1','kind':'GuardSettings','metadata':{{'name':'cluster'}},'spec':{spec}}}";
}
