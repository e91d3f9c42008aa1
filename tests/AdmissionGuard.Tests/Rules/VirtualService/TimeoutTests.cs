using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

public sealed class TimeoutTests
{
    private const string Id = "virtual-service-timeout";

    [Theory]
    [InlineData("'timeout': '15s'")]
    [InlineData("'timeout': '60s'")]
    [InlineData("'timeout': '50ms'")]
    [InlineData("'timeout': 'soon'")]
    [InlineData("'match': [{'headers': {'Upgrade': {'exact': 'websocket'}}}]")]
    [InlineData("'match': [{'uri': {'prefix': '/'}}, {'headers': {'upgrade': {'exact': 'websocket'}}}]")]
    public void It_is_silent_about_a_route_with(string more) => Assert.Empty(Judge.Rule(Id, Vs.Split("v1", more)));

    [Theory]
    [InlineData("{'redirect': {'uri': '/login'}}")]
    [InlineData("{'directResponse': {'status': 503}}")]
    [InlineData("{'delegate': {'name': 'checkout'}}")]
    [InlineData("{'route': []}")]
    [InlineData("'junk'")]
    public void It_is_silent_about_a_route_that_forwards_nothing(string route) => Assert.Empty(Judge.Rule(Id, Vs.Http(route)));

    [Fact]
    public void A_missing_timeout_is_audited_and_in_strict_a_warning()
    {
        var judgement = Assert.Single(Judge.Rule(Id, Vs.Split("v1", "'name': 'primary'")));
        Assert.Equal(GuardAction.Audit, judgement.Action);
        Assert.Equal("spec.http[0].timeout", judgement.Path.ToText());
        Assert.Equal("route \"primary\" has no timeout, every route needs one: a request to a slow server waits for ever", judgement.Finding.Message);
        Assert.Equal(GuardAction.Warn, Core.Rules.VirtualService.Timeout.Rule.Strict.Action);
    }

    [Fact]
    public void It_never_denies() => Assert.Equal(GuardAction.Warn, Assert.Single(Judge.Rule(Id, Vs.Split("v1"), action: GuardAction.Deny)).Action);

    [Theory]
    [InlineData("'match': [{'uri': {'prefix': '/checkout'}}]", "the route for /checkout")]
    [InlineData("'match': [{'headers': {'x-beta': {'exact': 'yes'}}}]", "the route for header x-beta")]
    [InlineData("'match': [{'port': 8080}]", "the route for port 8080")]
    [InlineData("'match': [{'uri': {'prefix': '/'}}]", "the catch-all route")]
    [InlineData("'match': [{'sourceLabels': {'app': 'web'}}]", "the route has no timeout")]
    public void A_route_without_a_name_is_told_by_its_conditions(string match, string title) =>
        Assert.StartsWith(title, Assert.Single(Judge.Rule(Id, Vs.Split("v1", match))).Finding.Message, StringComparison.Ordinal);

    [Fact]
    public void A_delegate_may_leave_it_to_its_root()
    {
        Assert.Empty(Judge.Rule(Id, Vs.Of($"{{'http': [{Vs.Route("v1")}]}}")));
        Assert.Single(Judge.Rule(Id, Vs.Of($"{{'http': [{Vs.Route("v1", "'timeout': '10m'")}]}}")));
    }

    [Theory]
    [InlineData("5m", "timeout is 5m, at most 1m is allowed: callers pile up behind a slow server for that long")]
    [InlineData("10ms", "timeout is 10ms, at least 50ms is allowed: a short pause of the server fails every request")]
    public void A_senseless_timeout_is_reported(string timeout, string message)
    {
        var judgement = Assert.Single(Judge.Rule(Id, Vs.Split("v1", $"'timeout': '{timeout}'"), action: GuardAction.Deny));
        Assert.Equal(message, judgement.Finding.Message);
        Assert.Equal(GuardAction.Warn, judgement.Action);
        Assert.Equal("/spec/http/0/timeout", judgement.Path.ToString());
    }

    [Fact]
    public void Streams_are_exempt_by_the_name_of_their_route()
    {
        const string exempt = "{'exemptRoutes': ['stream-*']}";
        Assert.Empty(Judge.Rule(Id, Vs.Split("v1", "'name': 'stream-prices'"), parameters: exempt));
        Assert.Empty(Judge.Rule(Id, Vs.Split("v1", "'name': 'stream-prices', 'timeout': '0s'"), parameters: exempt));
        Assert.Single(Judge.Rule(Id, Vs.Split("v1", "'name': 'prices'"), parameters: exempt));
        Assert.Single(Judge.Rule(Id, Vs.Split("v1"), parameters: "{'exemptRoutes': ['*']}"));
    }

    private static Verdict Fixed(string json, string? old = null, string? parameters = null) =>
        Judge.Verdict(json, old, policy: Judge.Policy(Id, parameters: parameters, fix: true));

    [Fact]
    public void The_repair_adds_it_and_is_content_with_itself()
    {
        var addition = Assert.Single(Fixed(Vs.Split("v1"), parameters: "{'timeout': '5s'}").Patch);
        Assert.Equal("/spec/http/0/timeout", addition.Path.ToString());
        Assert.Equal("\"5s\"", addition.Json);
        Assert.Empty(Fixed(Vs.Split("v1", "'timeout': '5s'")).Patch);
    }

    [Fact]
    public void The_repair_leaves_alone_what_runs_without_one()
    {
        Assert.Empty(Fixed(Vs.Split("v1 90, v2 10"), old: Vs.Split("v1")).Patch);
        Assert.Single(Fixed(Vs.Split("v1 90, v2 10"), old: Vs.Split("v1", "'timeout': '5s'")).Patch);
    }

    [Theory]
    [InlineData("'retries': {'attempts': 3, 'perTryTimeout': '5s'}", "timeout: 20s   # 4 tries of 5s")]
    [InlineData("'retries': {'attempts': 2, 'perTryTimeout': '40s'}", "timeout: 1m   # too short for 3 tries of 40s: lower perTryTimeout too")]
    public void Where_the_tries_do_not_fit_in_it_is_proposed_not_injected(string retries, string remedy)
    {
        Assert.Empty(Fixed(Vs.Split("v1", retries)).Patch);
        Assert.Equal(remedy, Assert.Single(Judge.Rule(Id, Vs.Split("v1", retries))).Finding.Remedy);
    }

    [Fact]
    public void Parameters_that_contradict_each_other_inject_nothing()
    {
        const string contradictory = "{'timeout': '2m', 'maxTimeout': '1m'}";
        Assert.Empty(Fixed(Vs.Split("v1"), parameters: contradictory).Patch);
        Assert.Equal("timeout: 1m", Assert.Single(Judge.Rule(Id, Vs.Split("v1"), parameters: contradictory)).Finding.Remedy);
    }
}
