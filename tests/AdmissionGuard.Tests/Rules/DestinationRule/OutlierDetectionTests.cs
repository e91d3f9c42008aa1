using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.DestinationRule;

public sealed class OutlierDetectionTests
{
    private const string Id = "destination-rule-outlier-detection";

    private static IReadOnlyList<Judgement> Judged(string rule, string? old = null, string? parameters = null, Cluster? cluster = null) =>
        Judge.Rule(Id, rule, old, cluster, parameters: parameters);

    [Fact]
    public void An_in_mesh_host_without_it_is_denied_once_at_the_top()
    {
        var finding = Assert.Single(Judged(Rules.Of("{'host': 'api', 'subsets': [{'name': 'v1'}, {'name': 'v2'}]}")));
        Assert.Equal(GuardAction.Deny, finding.Action);
        Assert.Equal("/spec/trafficPolicy/outlierDetection", finding.Path.ToString());
        Assert.Equal("host", finding.Finding.Key);
        Assert.Equal(
            "trafficPolicy:\n  outlierDetection:\n    consecutive5xxErrors: 5\n    interval: 10s\n    baseEjectionTime: 30s\n    "
                + "maxEjectionPercent: 50",
            finding.Finding.Remedy
        );
    }

    [Fact]
    public void The_remedy_begins_at_what_is_missing()
    {
        var finding = Assert.Single(Judged(Rules.Api("{'tls': {}, 'loadBalancer': {}}")));
        Assert.Equal(
            "outlierDetection:\n  consecutive5xxErrors: 5\n  interval: 10s\n  baseEjectionTime: 30s\n  maxEjectionPercent: 50",
            finding.Finding.Remedy
        );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{'consecutiveErrors': 5}")]
    [InlineData("{'consecutive5xxErrors': 0, 'consecutiveGatewayErrors': 3}")]
    [InlineData("{'consecutive5xxErrors': 0, 'splitExternalLocalOriginErrors': true}")]
    [InlineData("{'consecutive5xxErrors': 0, 'splitExternalLocalOriginErrors': true, 'consecutiveLocalOriginFailures': 0}")]
    [InlineData("{'consecutive5xxErrors': 1}")]
    [InlineData("{'outlierDetectionHttpErrorCodes': [429]}")]
    public void What_can_fire_is_fine(string detection) => Assert.Empty(Judged(Rules.Api($"{{'outlierDetection': {detection}}}")));

    [Theory]
    [InlineData("{'consecutive5xxErrors': 0}")]
    [InlineData("{'consecutive5xxErrors': 0, 'consecutiveGatewayErrors': 0}")]
    [InlineData("{'consecutive5xxErrors': 0, 'consecutiveErrors': 5}")]
    [InlineData("{'consecutive5xxErrors': 0, 'consecutiveLocalOriginFailures': 5}")]
    [InlineData("{'consecutive5xxErrors': 0, 'outlierDetectionHttpErrorCodes': [500, 503]}")]
    public void What_can_never_fire_is_denied_at_the_threshold(string detection)
    {
        var finding = Assert.Single(Judged(Rules.Api($"{{'outlierDetection': {detection}}}")));
        Assert.Equal((GuardAction.Deny, "/spec/trafficPolicy/outlierDetection/consecutive5xxErrors"), (finding.Action, finding.Path.ToString()));
        Assert.Null(finding.Finding.Edit);
    }

    [Fact]
    public void An_entry_for_a_port_that_drops_it_is_denied_there_once_for_host_and_subsets()
    {
        var finding = Assert.Single(
            Judged(
                Rules.Api(
                    "{'outlierDetection': {}, 'portLevelSettings': [{'port': {'number': 8080}, 'loadBalancer': {'simple': 'RANDOM'}}]}",
                    "[{'name': 'v1'}, {'name': 'v2'}]"
                )
            )
        );
        Assert.Equal((GuardAction.Deny, "port 8080"), (finding.Action, finding.Finding.Key));
        Assert.Equal("spec.trafficPolicy.portLevelSettings[0].outlierDetection", finding.Path.ToText());
        Assert.Equal("port 8080 drops the outlier detection of spec.trafficPolicy: an entry for a port replaces everything", finding.Finding.Message);
        Assert.Null(finding.Finding.Edit);
    }

    [Fact]
    public void A_subsets_policy_without_it_inherits_and_its_entry_for_a_port_does_not()
    {
        var findings = Judged(
            Rules.Api(
                "{'outlierDetection': {}}",
                """
                [{'name': 'v1', 'trafficPolicy': {'loadBalancer': {}}},
                 {'name': 'v2', 'trafficPolicy': {'portLevelSettings': [{'port': {'number': 80}, 'tls': {}}]}},
                 {'name': 'v3', 'trafficPolicy': {'outlierDetection': null}}]
                """
            )
        );
        var finding = Assert.Single(findings);
        Assert.Equal("subset v2 port 80", finding.Finding.Key);
        Assert.StartsWith("port 80 of subset v2 drops", finding.Finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_entry_for_a_port_is_not_judged() =>
        Assert.Empty(
            Judged(
                Rules.Api(
                    "{'outlierDetection': {}, 'portLevelSettings': [{'port': {'number': 80}, 'outlierDetection': {}}, {'port': {'number': "
                        + "80}, 'tls': {}}]}"
                )
            )
        );

    [Theory]
    [InlineData(
        "[{'name': 'v1', 'trafficPolicy': {'outlierDetection': {}}}, {'name': 'v2', 'trafficPolicy': {'outlierDetection': {}}}]",
        GuardAction.Warn
    )]
    [InlineData("[{'name': 'v1', 'trafficPolicy': {'outlierDetection': {}}}, {'name': 'v2'}]", GuardAction.Deny)]
    public void The_bare_host_is_advice_where_every_subset_has_its_own(string subsets, GuardAction expected)
    {
        var findings = Judged(Rules.Api("{'portLevelSettings': [{'port': {'number': 80}, 'loadBalancer': {}}]}", subsets));
        Assert.Equal(["host", "port 80"], findings.Select(f => f.Finding.Key));
        Assert.All(findings, f => Assert.Equal(expected, f.Action));
    }

    [Fact]
    public void A_subset_that_loses_its_own_is_refused_though_the_bare_host_never_had_it()
    {
        const string Both = "[{'name': 'v1', 'trafficPolicy': {'outlierDetection': {}}}, {'name': 'v2', 'trafficPolicy': {'outlierDetection': {}}}]";
        const string One = "[{'name': 'v1', 'trafficPolicy': {'outlierDetection': {}}}, {'name': 'v2'}]";
        Assert.Equal(GuardAction.Deny, Assert.Single(Judged(Rules.Api("{'tls': {}}", One), old: Rules.Api("{'tls': {}}", Both))).Action);
        Assert.Equal(Because.Advice, Assert.Single(Judged(Rules.Api("{'tls': {}}", Both), old: Rules.Api("{'tls': {}}", One))).Because);
        Assert.Equal(Because.Ratchet, Assert.Single(Judged(Rules.Api("{}", One), old: Rules.Api("{'tls': {}}", One))).Because);
    }

    [Fact]
    public void From_none_to_one_that_never_fires_is_no_worse() =>
        Assert.Equal(
            Because.Ratchet,
            Assert.Single(Judged(Rules.Api("{'outlierDetection': {'consecutive5xxErrors': 0}}"), old: Rules.Api("{}"))).Because
        );

    [Theory]
    [InlineData("{'host': '*.shop.svc.cluster.local'}")]
    [InlineData("{'host': 'api.example.com'}")]
    [InlineData("{'host': 'reviews.prod'}")]
    [InlineData("{'host': 'api', 'trafficPolicy': {'tls': {'mode': 'ISTIO_MUTUAL'}}}")]
    [InlineData(
        "{'host': 'egress', 'subsets': [{'name': 'db', 'trafficPolicy': {'portLevelSettings': [{'port': {'number': 443}, 'tls': {'mode': "
            + "'ISTIO_MUTUAL', 'sni': 'db.example.com'}}]}}]}"
    )]
    public void What_is_no_single_service_of_the_mesh_gets_advice_without_an_edit(string spec)
    {
        var findings = Judged(Rules.Of(spec));
        Assert.NotEmpty(findings);
        Assert.All(findings, f => Assert.Equal((GuardAction.Warn, Because.Advice, null), (f.Action, f.Because, f.Finding.Edit)));
    }

    [Fact]
    public void PASSTHROUGH_and_the_root_namespace_are_denied_without_an_edit()
    {
        foreach (
            var rule in new[]
            {
                Rules.Api("{'loadBalancer': {'simple': 'PASSTHROUGH'}}"),
                Rules.Of("{'host': 'api.shop.svc.cluster.local'}", "mesh-root"),
            }
        )
        {
            var finding = Assert.Single(Judged(rule, cluster: Cluster.Empty.With(GuardSettings.Default with { RootNamespace = "mesh-root" })));
            // in the root namespace a policy that does not name it warns at most
            var expected = rule.Contains("mesh-root", StringComparison.Ordinal) ? GuardAction.Warn : GuardAction.Deny;
            Assert.Equal((expected, null), (finding.Action, finding.Finding.Edit));
        }
    }

    [Fact]
    public void Exempt_hosts_are_not_judged()
    {
        Assert.Empty(Judged(Rules.Of("{'host': 'db'}"), parameters: "{'exemptHosts': ['db.*.svc.cluster.local']}"));
        Assert.Single(Judged(Rules.Of("{'host': 'api'}"), parameters: "{'exemptHosts': ['db.*.svc.cluster.local']}"));
    }

    [Theory]
    [InlineData("{'host': 'api', 'trafficPolicy': 'x'}")]
    [InlineData("{'host': 'api', 'trafficPolicy': {'outlierDetection': 'yes'}}")]
    [InlineData("{'host': 'api', 'trafficPolicy': {'outlierDetection': {'consecutive5xxErrors': '0'}}}")]
    public void What_has_the_wrong_type_is_unknown_and_the_review_says_so(string spec)
    {
        var verdict = Judge.Verdict(Rules.Of(spec), policy: Judge.Policy(Id), stage: Stage.Validate);
        Assert.Empty(verdict.Judgements);
        Assert.Equal(Id, Assert.Single(verdict.TypeFaults).Rule);
    }

    [Fact]
    public void The_edit_removes_the_finding_at_the_top_and_leaves_the_override_to_its_author()
    {
        var rule = Rules.Api(
            "{'portLevelSettings': [{'port': {'number': 80}, 'tls': {}}]}",
            "[{'name': 'v1', 'trafficPolicy': {'connectionPool': {}}}]"
        );
        var verdict = Judge.Verdict(rule, policy: Judge.Policy(Id, fix: true));
        Assert.Equal([("port 80", GuardAction.Deny), ("host", GuardAction.Fix)], verdict.Judgements.Select(j => (j.Finding.Key, j.Action)));
        Assert.Equal("/spec/trafficPolicy/outlierDetection", Assert.Single(verdict.Patch).Path.ToString());
    }

    [Fact]
    public void The_parameters_are_what_is_injected()
    {
        var verdict = Judge.Verdict(
            Rules.Of("{'host': 'api'}"),
            policy: Judge.Policy(Id, parameters: "{'consecutive5xxErrors': 7, 'interval': '1m30s'}", fix: true)
        );
        Assert.Equal(
            "{\"outlierDetection\":{\"consecutive5xxErrors\":7,\"interval\":\"1m30s\",\"baseEjectionTime\":\"30s\",\"maxEjectionPercent\":50}}",
            Assert.Single(verdict.Patch).Json
        );
    }
}
