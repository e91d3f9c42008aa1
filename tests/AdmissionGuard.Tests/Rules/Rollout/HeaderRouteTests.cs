using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

/// <summary>A header step that sends everybody to the new version, whatever the weight.</summary>
public sealed class HeaderRouteTests
{
    [Theory]
    [InlineData("{'headerName': 'user-agent', 'headerValue': {'regex': '.*'}}")]
    [InlineData("{'headerName': 'user-agent', 'headerValue': {'prefix': 'M'}}")]
    [InlineData("{'headerName': 'x', 'headerValue': {'regex': '.+'}}")]
    [InlineData("{'headerName': 'x', 'headerValue': {'regex': '^$|.*'}}")]
    [InlineData("{'headerName': 'x', 'headerValue': {'regex': '[^a]*|.*a.*'}}")]
    [InlineData("{'headerName': 'x', 'headerValue': {'prefix': ''}}")]
    [InlineData("{'headerName': 'Host', 'headerValue': {'prefix': 'api'}}")]
    [InlineData("{'headerName': ':method', 'headerValue': {'exact': 'GET'}}")]
    [InlineData("{'headerName': 'X-Forwarded-Proto', 'headerValue': {'exact': 'http'}}")]
    [InlineData("{'headerName': 'x-request-id', 'headerValue': {'regex': '[0-9a-f-]+'}}")]
    [InlineData("{'headerName': 'accept', 'headerValue': {'exact': '*/*'}}")]
    [InlineData("{'headerName': 'accept', 'headerValue': {'exact': '*/*'}}, {'headerName': 'x', 'headerValue': {'regex': '.*'}}")]
    public void Nobody_chooses_it(string match)
    {
        foreach (var router in (string[])["'istio': {'virtualService': {'name': 'web'}}", "'alb': {'ingress': 'web', 'servicePort': 80}"])
            Assert.Equal(GuardAction.Deny, ActionOf(match, router));
    }

    [Fact]
    public void A_pattern_of_some_is_a_warning() =>
        Assert.Contains("nobody can tell", Found("{'headerName': 'x-user', 'headerValue': {'regex': '[0-9]+'}}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("{'headerName': 'x', 'headerValue': {'exact': 'tester'}}")]
    [InlineData("{'headerName': 'cookie', 'headerValue': {'regex': '.*beta=1.*'}}")]
    [InlineData("{'headerName': 'accept', 'headerValue': {'exact': '*/*'}}, {'headerName': 'x', 'headerValue': {'exact': 'tester'}}")]
    public void Somebody_chooses_it(string match) => Assert.Null(ActionOf(match, "'alb': {'ingress': 'web', 'servicePort': 80}"));

    private static string Found(string match) =>
        Assert.Single(Judge.Rule("rollout-added-routes", Rollout(match, "'istio': {'virtualService': {'name': 'web'}}"))).Finding.Message;

    private static GuardAction? ActionOf(string match, string router)
    {
        var found = Judge.Rule("rollout-added-routes", Rollout(match, router));
        return found.Count == 0 ? null : found.Max(j => j.Action);
    }

    private static string Rollout(string match, string router) =>
        "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'api', 'namespace': 'shop'}, 'spec': {'replicas': 5, "
        + $"'strategy': {{'canary': {{'trafficRouting': {{'managedRoutes': [{{'name': 'chosen'}}], {router}}}, 'steps': [{{'setWeight': 10}}, "
        + $"{{'setHeaderRoute': {{'name': 'chosen', 'match': [{match}]}}}}, {{'pause': {{'duration': '5m'}}}}]}}}}}}}}";
}
