using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.DestinationRule;

public sealed class ConnectionPoolTests
{
    private const string Id = "destination-rule-connection-pool";
    private const string Full = "{'tcp': {'maxConnections': 100}, 'http': {'http1MaxPendingRequests': 1, 'http2MaxRequests': 100, 'maxRetries': 1}}";

    private static IReadOnlyList<Judgement> Judged(string rule, string? old = null, GuardAction? action = null) =>
        Judge.Rule(Id, rule, old, action: action);

    [Fact]
    public void With_every_limit_nothing_is_said() =>
        Assert.Empty(Judged(Rules.Api($"{{'connectionPool': {Full}}}", "[{'name': 'v1'}, {'name': 'v2', 'trafficPolicy': {'tls': {}}}]")));

    [Fact]
    public void Everything_that_is_missing_in_a_place_is_one_finding()
    {
        var finding = Assert.Single(Judged(Rules.Of("{'host': 'api'}"), action: GuardAction.Deny));
        Assert.Equal(
            ("host", GuardAction.Deny, "/spec/trafficPolicy/connectionPool", 3),
            (finding.Finding.Key, finding.Action, finding.Path.ToString(), finding.Finding.Excess)
        );
        Assert.Equal(
            "api has no limit for connections, waiting requests, requests in flight, concurrent retries; not set: tcp.maxConnections, "
                + "http.http1MaxPendingRequests, http.http2MaxRequests, http.maxRetries",
            finding.Finding.Message
        );
        Assert.Equal(
            "trafficPolicy:\n  connectionPool:\n    tcp:\n      maxConnections: 10000\n    http:\n      http1MaxPendingRequests: 1000\n      "
                + "http2MaxRequests: 10000\n      maxRetries: 200",
            finding.Finding.Remedy
        );
    }

    [Fact]
    public void Where_only_the_retries_have_no_limit_it_is_advice()
    {
        var finding = Assert.Single(
            Judged(Rules.Api($"{{'connectionPool': {Full.Replace(", 'maxRetries': 1", "", StringComparison.Ordinal)}}}"), action: GuardAction.Deny)
        );
        Assert.Equal(
            ("host", GuardAction.Warn, Because.Advice, "/spec/trafficPolicy/connectionPool/http/maxRetries"),
            (finding.Finding.Key, finding.Action, finding.Because, finding.Path.ToString())
        );
        Assert.Equal("api has no limit for concurrent retries; not set: http.maxRetries or a retryBudget", finding.Finding.Message);
        Assert.Equal("maxRetries: 200", finding.Finding.Remedy);
    }

    [Fact]
    public void Baseline_warns_and_strict_denies_and_both_repair()
    {
        Assert.Equal((GuardAction.Warn, true), (Catalogue.Find(Id)!.Baseline.Action, Catalogue.Find(Id)!.Baseline.Fix));
        Assert.Equal((GuardAction.Deny, true), (Catalogue.Find(Id)!.Strict.Action, Catalogue.Find(Id)!.Strict.Fix));
    }

    [Fact]
    public void The_remedy_keeps_what_the_pool_has()
    {
        var finding = Judged(Rules.Api("{'connectionPool': {'http': {'maxRequestsPerConnection': 100, 'http1MaxPendingRequests': 50}}}"))[0];
        Assert.Equal(
            "connectionPool:\n  http:\n    maxRequestsPerConnection: 100\n    http1MaxPendingRequests: 50\n    http2MaxRequests: 10000\n    "
                + "maxRetries: 200\n  tcp:\n    maxConnections: 10000",
            finding.Finding.Remedy
        );
        Assert.Equal(2, finding.Finding.Excess);
    }

    [Theory]
    [InlineData("{'http': {}}", 3, true)]
    [InlineData("{'http': null, 'tcp': {'maxConnections': null}}", 3, true)]
    [InlineData("{'tcp': {'maxConnections': 0}, 'http': {'http1MaxPendingRequests': 0, 'http2MaxRequests': 0, 'maxRetries': 0}}", 0, false)]
    [InlineData("{'tcp': {'maxConnections': 0}, 'http': {'http1MaxPendingRequests': 5}}", 1, true)]
    [InlineData("{'tcp': 5, 'http': {'http1MaxPendingRequests': 5, 'http2MaxRequests': 'x', 'maxRetries': 1}}", 0, false)]
    [InlineData("'none'", 0, false)]
    public void Presence_does_not_count_and_what_is_zero_or_unknown_is_not_missing(string pool, int missing, bool retries)
    {
        var findings = Judged(Rules.Api($"{{'connectionPool': {pool}}}"));
        Assert.Equal(missing, findings.Where(f => f.Finding.Key == "host").Sum(f => f.Finding.Excess));
        Assert.Equal(retries, findings.Any(f => f.Finding.Limit!.Contains("maxRetries", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_override_that_loses_limits_says_which_and_is_not_repaired()
    {
        var findings = Judged(
            Rules.Api(
                $"{{'connectionPool': {Full.Replace(", 'http2MaxRequests': 100", "", StringComparison.Ordinal)}}}",
                "[{'name': 'canary', 'trafficPolicy': {'connectionPool': {'tcp': {'maxConnections': 5}, 'http': {'maxRetries': 3}}}}]"
            )
        );
        Assert.Equal(["host", "subset canary"], findings.Select(f => f.Finding.Key));
        Assert.Equal(
            "subset canary does not get http.http1MaxPendingRequests of spec.trafficPolicy: its own connectionPool replaces the whole; not "
                + "set either: http.http2MaxRequests",
            findings[1].Finding.Message
        );
        Assert.Equal("/spec/subsets/0/trafficPolicy/connectionPool", findings[1].Path.ToString());
        Assert.Null(findings[1].Finding.Edit);
    }

    [Fact]
    public void An_entry_for_a_port_loses_everything_that_it_does_not_repeat()
    {
        var findings = Judged(
            Rules.Api(
                $"{{'connectionPool': {Full}, 'portLevelSettings': [{{'port': {{'number': 80}}, 'tls': {{}}}}]}}",
                $"[{{'name': 'v1', 'trafficPolicy': {{'connectionPool': {Full}, 'portLevelSettings': [{{'port': {{'number': 81}}}}]}}}}]"
            )
        );
        Assert.Equal(["port 80", "subset v1 port 81"], findings.Select(f => f.Finding.Key));
        Assert.Equal("/spec/trafficPolicy/portLevelSettings/0/connectionPool", findings[0].Path.ToString());
        Assert.StartsWith(
            "port 81 of subset v1 does not get tcp.maxConnections, http.http1MaxPendingRequests, http.http2MaxRequests, http.maxRetries of "
                + "the levels above: an entry for a port replaces everything",
            findings[1].Finding.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_retry_budget_bounds_the_retries_of_whom_it_reaches()
    {
        const string Limits = "'connectionPool': {'tcp': {'maxConnections': 100}, 'http': {'http1MaxPendingRequests': 1, 'http2MaxRequests': 100}}";
        Assert.Empty(Judged(Rules.Api($"{{'retryBudget': {{'percent': 20}}, {Limits}}}", $"[{{'name': 'v1', 'trafficPolicy': {{{Limits}}}}}]")));
        Assert.Equal(
            "port 80",
            Assert
                .Single(
                    Judged(
                        Rules.Api($"{{'retryBudget': {{'percent': 20}}, {Limits}, 'portLevelSettings': [{{'port': {{'number': 80}}, {Limits}}}]}}")
                    )
                )
                .Finding.Key
        );
        Assert.Equal(
            "host",
            Assert.Single(Judged(Rules.Api($"{{{Limits}}}", $"[{{'name': 'v1', 'trafficPolicy': {{'retryBudget': {{}}, {Limits}}}}}]"))).Finding.Key
        );
    }

    [Theory]
    [InlineData("{'host': '*.shop.svc.cluster.local'}", "shop")]
    [InlineData("{'host': 'api.example.com'}", "shop")]
    [InlineData("{'host': 'api', 'trafficPolicy': {'tls': {}}}", "shop")]
    [InlineData("{'host': 'api', 'trafficPolicy': {'loadBalancer': {'simple': 'PASSTHROUGH'}}}", "shop")]
    [InlineData("{'host': 'api.shop.svc.cluster.local'}", "istio-system")]
    public void What_is_not_surely_meant_gets_advice_without_an_edit(string spec, string @namespace) =>
        Assert.All(Judged(Rules.Of(spec, @namespace), action: GuardAction.Deny), f =>
            Assert.Equal((GuardAction.Warn, null), (f.Action, f.Finding.Edit))
        );

    [Fact]
    public void Each_edit_removes_its_own_finding_and_no_other()
    {
        foreach (
            var policy in new[]
            {
                "{}",
                "null",
                "{'connectionPool': null}",
                "{'connectionPool': {'http': {}}}",
                "{'connectionPool': {'http': {'http2MaxRequests': 7}}}",
            }
        )
        {
            var rule = Rules.Api(policy, "[{'name': 'v1', 'trafficPolicy': {'connectionPool': {'http': {}}}}]");
            foreach (var finding in Judged(rule).Select(j => j.Finding).Where(f => f.Edit is not null))
            {
                var root = Judge.Json(rule);
                var edit = finding.Edit! with { Anchor = root["spec"u8] };
                var after = Edit.Apply(root, edit.Additions(root)).ToString();
                Assert.Equal(Judged(rule).Select(j => j.Finding.Key).Where(k => k != finding.Key), Judged(after).Select(j => j.Finding.Key));
            }
        }
    }

    [Fact]
    public void One_limit_less_than_before_is_worse()
    {
        const string Two = "{'connectionPool': {'http': {'http1MaxPendingRequests': 1, 'http2MaxRequests': 100, 'maxRetries': 1}}}";
        const string One = "{'connectionPool': {'http': {'http1MaxPendingRequests': 1, 'maxRetries': 1}}}";
        Assert.Equal(GuardAction.Deny, Assert.Single(Judged(Rules.Api(One), old: Rules.Api(Two), action: GuardAction.Deny)).Action);
        Assert.Equal(Because.Ratchet, Assert.Single(Judged(Rules.Api(Two), old: Rules.Api(One), action: GuardAction.Deny)).Because);
    }
}
