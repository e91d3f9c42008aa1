using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>Repairs as they go through the pipeline, with the rule on connection pools.</summary>
public sealed class RepairTests
{
    private const string Id = "destination-rule-connection-pool";
    private const string Full =
        "{'connectionPool': {'tcp': {'maxConnections': 100}, 'http': {'http1MaxPendingRequests': 2, 'http2MaxRequests': 300, 'maxRetries': 4}}}";

    private static readonly GuardPolicy Fix = Judge.Policy(Id, fix: true);

    private static string Rule(string trafficPolicy, string metadata = "") =>
        $"{{'apiVersion': 'networking.istio.io/v1', 'kind': 'DestinationRule', 'metadata': {{'name': 'api', 'namespace': 'shop'{metadata}}}, "
        + $"'spec': {{'host': 'api', 'trafficPolicy': {trafficPolicy}}}}}";

    private static string After(Verdict verdict) => Edit.Apply(verdict.Review.Object, verdict.Patch).ToString();

    private static GuardPolicy Policy(string name, string spec)
    {
        var policy = PolicyReader.Read(
            Judge.Json($"{{'apiVersion': '{PolicyReader.ApiVersion}', 'kind': 'GuardPolicy', 'metadata': {{'name': '{name}'}}, 'spec': {spec}}}"),
            out var errors
        );
        Assert.Empty(errors);
        return policy!;
    }

    [Fact]
    public void What_a_new_object_lacks_is_injected_in_one_addition()
    {
        var verdict = Judge.Verdict(Rule("{'loadBalancer': {'simple': 'ROUND_ROBIN'}}"), policy: Fix);
        var addition = Assert.Single(verdict.Patch);
        Assert.Equal("/spec/trafficPolicy/connectionPool", addition.Path.ToString());
        Assert.Equal(
            "{\"tcp\":{\"maxConnections\":10000},\"http\":{\"http1MaxPendingRequests\":1000,\"http2MaxRequests\":10000,\"maxRetries\":200}}",
            addition.Json
        );
        Assert.Equal([("host", GuardAction.Fix)], verdict.Judgements.Select(j => (j.Finding.Key, j.Action)));
    }

    [Fact]
    public void Its_own_output_yields_no_patch()
    {
        foreach (
            var policy in new[] { "{}", "{'connectionPool': {'http': {'maxRetries': 7}}}", "{'connectionPool': {'tcp': {'maxConnections': 0}}}" }
        )
        {
            var first = Judge.Verdict(Rule(policy), policy: Fix);
            Assert.NotEmpty(first.Patch);
            var second = Judge.Verdict(After(first), policy: Fix);
            Assert.Empty(second.Patch);
            Assert.Empty(second.Judgements);
        }
    }

    [Fact]
    public void A_users_value_stays_also_where_it_is_zero()
    {
        var verdict = Judge.Verdict(
            Rule("{'connectionPool': {'tcp': {'maxConnections': 0}, 'http': {'http2MaxRequests': 7, 'maxRetries': 1}}}"),
            policy: Fix
        );
        Assert.Equal(["/spec/trafficPolicy/connectionPool/http/http1MaxPendingRequests"], verdict.Patch.Select(p => p.Path.ToString()));
    }

    [Fact]
    public void What_runs_without_limits_is_reported_and_not_changed()
    {
        var verdict = Judge.Verdict(
            Rule("{'loadBalancer': {'simple': 'RANDOM'}}"),
            old: Rule("{'loadBalancer': {'simple': 'ROUND_ROBIN'}}"),
            policy: Judge.Policy(Id, GuardAction.Deny, fix: true)
        );
        Assert.Empty(verdict.Patch);
        Assert.Equal([(GuardAction.Warn, Because.Ratchet)], verdict.Judgements.Select(j => (j.Action, j.Because)));
    }

    [Fact]
    public void What_the_user_removes_is_injected_again()
    {
        var verdict = Judge.Verdict(Rule("{'connectionPool': {'tcp': {'maxConnections': 100}}}"), old: Rule(Full), policy: Fix);
        Assert.Equal("{\"http1MaxPendingRequests\":1000,\"http2MaxRequests\":10000,\"maxRetries\":200}", Assert.Single(verdict.Patch).Json);
        Assert.All(verdict.Judgements, j => Assert.Equal(GuardAction.Fix, j.Action));
    }

    [Fact]
    public void Of_what_is_missing_only_what_the_old_object_had_is_injected()
    {
        var verdict = Judge.Verdict(Rule("{'connectionPool': {}}"), old: Rule("{'connectionPool': {'http': {'http2MaxRequests': 9}}}"), policy: Fix);
        Assert.Equal("{\"http2MaxRequests\":10000}", Assert.Single(verdict.Patch).Json);
        Assert.Equal([("host", GuardAction.Warn), ("host", GuardAction.Fix)], verdict.Judgements.Select(j => (j.Finding.Key, j.Action)));
    }

    [Fact]
    public void Without_the_ratchet_what_runs_is_repaired_too()
    {
        var policy = Policy("now", $"{{'ratchet': false, 'rules': [{{'rule': '{Id}', 'fix': true}}]}}");
        Assert.Single(Judge.Verdict(Rule("{}"), old: Rule("{'tls': {}, 'loadBalancer': {}}"), policy: policy).Patch);
    }

    [Fact]
    public void An_object_that_was_no_matter_for_repair_is_not_changed_when_it_becomes_one() =>
        Assert.Empty(Judge.Verdict(Rule("{'tls': {}, 'loadBalancer': {}}"), old: Rule("{'tls': {}}"), policy: Fix).Patch);

    [Fact]
    public void A_controllers_writes_and_what_a_controller_owns_are_left_alone()
    {
        Assert.Empty(Judge.Verdict(Rule("{}"), actor: Judge.Argo, policy: Fix).Patch);
        var owned = Rule("{}", ", 'ownerReferences': [{'kind': 'Canary', 'name': 'api', 'controller': true}]");
        Assert.Empty(Judge.Verdict(owned, actor: new Actor("system:serviceaccount:shop:operator", []), policy: Fix).Patch);
        // a person writes nothing back, whatever owner the object names
        Assert.Single(Judge.Verdict(owned, policy: Fix).Patch);
        Assert.Single(Judge.Verdict(Rule("{}", ", 'ownerReferences': [{'kind': 'Application', 'name': 'api'}]"), policy: Fix).Patch);
    }

    [Theory]
    [InlineData("warn")]
    [InlineData("audit")]
    public void A_policy_that_only_watches_changes_nothing(string mode)
    {
        var verdict = Judge.Verdict(Rule("{}"), policy: Policy("watch", $"{{'mode': '{mode}', 'rules': [{{'rule': '{Id}', 'fix': true}}]}}"));
        Assert.Empty(verdict.Patch);
        Assert.All(verdict.Judgements, j => Assert.Equal(mode, Words.Of(j.Action)));
    }

    [Fact]
    public void The_first_policy_by_name_supplies_the_parameters()
    {
        static GuardPolicy Of(string name, int retries) =>
            Policy(name, $"{{'rules': [{{'rule': '{Id}', 'fix': true, 'parameters': {{'maxRetries': {retries}}}}}]}}");
        var cluster = Cluster.Empty.With([
            Of("b", 20),
            Of("a", 10),
            Policy("0", $"{{'rules': [{{'rule': '{Id}', 'parameters': {{'maxRetries': 5}}}}]}}"),
        ]);
        var verdict = Judge.Verdict(Rule("{}"), cluster: cluster);
        Assert.Contains("\"maxRetries\":10}", Assert.Single(verdict.Patch).Json, StringComparison.Ordinal);
        Assert.All(verdict.Judgements, j => Assert.Equal("a", j.Policy));
    }

    [Fact]
    public void Each_stage_does_its_own()
    {
        Assert.Empty(Judge.Verdict(Rule("{}"), policy: Fix, stage: Stage.Validate).Patch);
        Assert.All(Judge.Verdict(Rule("{}"), policy: Fix, stage: Stage.Validate).Judgements, j => Assert.Equal(GuardAction.Warn, j.Action));
        Assert.Single(Judge.Verdict(Rule("{}"), policy: Judge.Policy(Id, GuardAction.Deny, fix: true), stage: Stage.Mutate).Patch);
    }

    [Fact]
    public void The_patches_of_several_rules_apply_one_after_the_other()
    {
        var policy = Policy("both", $"{{'rules': [{{'rule': '{Id}', 'fix': true}}, {{'rule': 'destination-rule-outlier-detection', 'fix': true}}]}}");
        var verdict = Judge.Verdict(
            "{'apiVersion': 'networking.istio.io/v1', 'kind': 'DestinationRule', 'metadata': {'name': 'api', 'namespace': 'shop'}, 'spec': "
                + "{'host': 'api'}}",
            policy: policy
        );
        Assert.Equal(["/spec/trafficPolicy", "/spec/trafficPolicy/outlierDetection"], verdict.Patch.Select(p => p.Path.ToString()));
        Assert.All(verdict.Judgements, j => Assert.Equal(GuardAction.Fix, j.Action));
    }
}
