using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

public sealed class RetriesTests
{
    private const string Id = "virtual-service-retries";

    [Theory]
    [InlineData("'retries': {}")]
    [InlineData("'retries': {'attempts': 0}")]
    [InlineData("'retries': 'junk'")]
    [InlineData("'match': [{'headers': {'upgrade': {'exact': 'websocket'}}}]")]
    public void It_is_silent_about_a_route_with(string more) => Assert.Empty(Judge.Rule(Id, Vs.Split("v1", more)));

    [Theory]
    [InlineData("{'redirect': {'uri': '/login'}}")]
    [InlineData("{'delegate': {'name': 'checkout'}}")]
    public void It_is_silent_about_a_route_that_forwards_nothing(string route) => Assert.Empty(Judge.Rule(Id, Vs.Http(route)));

    [Fact]
    public void A_delegate_may_leave_them_to_its_root() => Assert.Empty(Judge.Rule(Id, Vs.Of($"{{'http': [{Vs.Route("v1")}]}}")));

    [Fact]
    public void Routes_are_exempt_by_name() =>
        Assert.Empty(Judge.Rule(Id, Vs.Split("v1", "'name': 'orders'"), parameters: "{'exemptRoutes': ['orders']}"));

    [Fact]
    public void Their_absence_is_audited()
    {
        var judgement = Assert.Single(Judge.Rule(Id, Vs.Split("v1")));
        Assert.Equal(GuardAction.Audit, judgement.Action);
        Assert.Equal("spec.http[0].retries", judgement.Path.ToText());
    }

    [Fact]
    public void Both_profiles_inject_the_default_of_Istio_and_say_nothing_else()
    {
        foreach (var profile in new[] { Profile.Baseline, Profile.Strict })
        {
            var verdict = Judge.Verdict(Vs.Split("v1", "'timeout': '5s'"), policy: GuardPolicy.Of(profile));
            Assert.Equal("{\"attempts\":2,\"retryOn\":\"connect-failure,refused-stream,unavailable,cancelled\"}", Assert.Single(verdict.Patch).Json);
            Assert.Equal([Id], verdict.Judgements.Select(j => j.Rule));
        }
    }

    [Fact]
    public void Null_is_absent() =>
        Assert.Equal("/spec/http/0/retries", Assert.Single(Fixed(Vs.Split("v1", "'retries': null")).Patch).Path.ToString());

    [Fact]
    public void Every_route_that_lacks_them_gets_them_and_none_twice()
    {
        var verdict = Fixed(Vs.Http($"{Vs.Route("v1", "'name': 'a'")}, {{'redirect': {{'uri': '/b'}}}}, {Vs.Route("v2", "'name': 'c'")}"));
        Assert.Equal(["/spec/http/0/retries", "/spec/http/2/retries"], verdict.Patch.Select(p => p.Path.ToString()));
        Assert.Empty(Fixed(Edit.Apply(verdict.Review.Object, verdict.Patch).ToString()).Patch);
    }

    [Fact]
    public void Retries_of_timeouts_are_not_injected_where_a_try_may_hang_for_ever()
    {
        const string unsafely = "{'retryOn': 'gateway-error,connect-failure'}";
        Assert.Empty(Fixed(Vs.Split("v1"), unsafely).Patch);
        Assert.Single(Fixed(Vs.Split("v1", "'timeout': '5s'"), unsafely).Patch);
    }

    private static Verdict Fixed(string json, string? parameters = null) =>
        Judge.Verdict(json, policy: Judge.Policy(Id, parameters: parameters, fix: true));
}
