using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

/// <summary>A route in front that sends everybody to the newer version, by conditions that look like a choice.</summary>
public sealed class FrontRouteTests
{
    private const string Split =
        "{'route': [{'destination': {'host': 'api', 'subset': 'stable'}, 'weight': 95}, "
        + "{'destination': {'host': 'api', 'subset': 'canary'}, 'weight': 5}]}";
    private const string Canary = "'route': [{'destination': {'host': 'api', 'subset': 'canary'}}]";

    public static TheoryData<string> OfEverybody =>
        [
            "{}",
            "{'uri': {}}",
            "{'headers': {}}",
            "{'queryParams': {}}",
            "{'sourceLabels': {}}",
            "{'scheme': {}}",
            "{'method': {}}",
            "{'ignoreUriCase': true}",
            "{'uri': {'prefix': ''}}",
            "{'uri': {'regex': '.+'}}",
            "{'uri': {'regex': '(/.*)?'}}",
            "{'uri': {'regex': '[^ ]+'}}",
            "{'port': 80}",
            "{'gateways': ['mesh'], 'port': 80}",
            "{'scheme': {'exact': 'http'}}",
            "{'method': {'exact': 'GET'}}",
            "{'authority': {'regex': '.*'}}",
            "{'authority': {'exact': 'api:80'}}",
            "{'withoutHeaders': {'x-never': {}}}",
            "{'withoutHeaders': {'cookie': {'regex': '.*zzz.*'}}}",
            "{'sourceNamespace': 'shop'}",
            "{'sourceLabels': {'app': 'web'}}",
            "{'headers': {'x': {}}}",
            "{'headers': {'x': {'regex': '.+'}}}",
            "{'headers': {':method': {'exact': 'GET'}}}",
            "{'headers': {':path': {'prefix': '/'}}}",
            "{'headers': {'x-forwarded-proto': {'exact': 'http'}}}",
            "{'headers': {'X-Forwarded-Proto': {'exact': 'https'}}}",
            "{'headers': {'x-forwarded-proto': {'regex': 'https?'}}}",
            "{'headers': {'x-forwarded-proto': {'regex': '(h|H)(t|T){2}(p|P).{0,1}'}}}",
            "{'uri': {'regex': '/[a-m]*[n-z]{3,}[0-9]{2}.*'}}",
            "{'headers': {'x-request-id': {'regex': '.{8}-.*'}}}",
            "{'headers': {'x-envoy-attempt-count': {'exact': '1'}}}",
            "{'headers': {'content-type': {'regex': '.*json.*'}}}",
            "{'headers': {'authorization': {'prefix': 'Bearer '}}}",
            "{'headers': {'cookie': {'regex': '.*session.*'}}}",
            "{'headers': {'sec-fetch-mode': {'exact': 'cors'}}}",
        ];

    [Theory]
    [MemberData(nameof(OfEverybody))]
    public void It_counts_as_growth_where_no_user_chooses_it(string match) => Assert.Equal(GuardAction.Deny, ActionOf(match));

    [Theory]
    [InlineData("{'headers': {'x-user': {'regex': '[0-9]+'}}}")]
    [InlineData("{'headers': {'x-user': {'regex': '[a-z].*'}}}")]
    [InlineData("{'headers': {'cookie': {'prefix': 'u'}}}")]
    [InlineData("{'queryParams': {'q': {'regex': '[0-9]*[05]'}}}")]
    public void It_warns_where_nobody_can_tell_how_many_users_it_takes(string match) => Assert.Equal(GuardAction.Warn, ActionOf(match));

    [Theory]
    [InlineData("{'headers': {'x-canary': {'exact': 'true'}}}")]
    [InlineData("{'headers': {'cookie': {'regex': '.*beta=1.*'}}}")]
    [InlineData("{'headers': {'authorization': {'exact': 'Bearer tester'}}}")]
    [InlineData("{'headers': {'content-type': {'exact': 'application/vnd.shop.v2+json'}}}")]
    [InlineData("{'headers': {'x-forwarded-for': {'exact': '192.0.2.44'}}}")]
    [InlineData("{'queryParams': {'version': {'exact': 'next'}}}")]
    [InlineData("{'uri': {'exact': '/'}, 'headers': {'x-canary': {'prefix': 'te'}}}")]
    public void It_is_nobodys_matter_where_users_choose_it(string match) => Assert.Null(ActionOf(match));

    [Theory]
    [InlineData("tcp", "{'port': 80}", GuardAction.Deny)]
    [InlineData("tcp", "{'gateways': ['mesh']}", GuardAction.Deny)]
    [InlineData("tcp", "{'sourceLabels': {'app': 'web'}}", GuardAction.Deny)]
    [InlineData("tls", "{'sniHosts': ['api'], 'port': 443}", GuardAction.Deny)]
    [InlineData("tls", "{'sniHosts': ['api.shop']}", null)]
    public void Streams_that_a_route_in_front_takes_from_another_count_too(string protocol, string match, GuardAction? action)
    {
        var all = protocol == "tls" ? Split.Replace("{'route'", "{'match': [{'sniHosts': ['api']}], 'route'", StringComparison.Ordinal) : Split;
        var now = Judge.Rule(Id, Of(protocol, $"{{'match': [{match}], {Canary}}}, {all}"), Of(protocol, all));
        Assert.Equal(action, now.Count == 0 ? null : now.Max(j => j.Action));
    }

    [Fact]
    public void A_stream_route_behind_the_one_for_all_takes_nobody() =>
        Assert.Empty(Judge.Rule(Id, Of("tcp", $"{Split}, {{'match': [{{'port': 80}}], {Canary}}}"), Of("tcp", Split)));

    private const string Id = "virtual-service-weight-increase";

    private static GuardAction? ActionOf(string match)
    {
        var found = Judge.Rule(Id, Of("http", $"{{'match': [{match}], {Canary}}}, {Split}"), Of("http", Split));
        return found.Count == 0 ? null : found.Max(j => j.Action);
    }

    private static string Of(string protocol, string routes) =>
        "{'apiVersion': 'networking.istio.io/v1', 'kind': 'VirtualService', 'metadata': {'name': 'web', 'namespace': 'shop'}, "
        + $"'spec': {{'hosts': ['api'], '{protocol}': [{routes}]}}}}";
}
