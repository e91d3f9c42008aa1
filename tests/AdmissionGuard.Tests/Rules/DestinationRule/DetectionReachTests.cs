using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.DestinationRule;

/// <summary>Outlier detection that is there and never takes effect.</summary>
public sealed class DetectionReachTests
{
    private const string Id = "destination-rule-outlier-detection";
    private const string Good = "{'consecutive5xxErrors': 5, 'interval': '10s', 'baseEjectionTime': '30s', 'maxEjectionPercent': 50}";

    [Theory]
    [InlineData("'consecutive5xxErrors': 4294967295")]
    [InlineData("'consecutive5xxErrors': 1001")]
    [InlineData("'consecutive5xxErrors': 0")]
    [InlineData("'consecutive5xxErrors': 0, 'consecutiveGatewayErrors': 4294967295")]
    [InlineData("'consecutive5xxErrors': 0, 'consecutiveLocalOriginFailures': 4294967295, 'splitExternalLocalOriginErrors': true")]
    [InlineData("'interval': '8760h'")]
    [InlineData("'interval': '3601s'")]
    [InlineData("'baseEjectionTime': '8760h'")]
    [InlineData("'baseEjectionTime': '1ms'")]
    [InlineData("'maxEjectionPercent': 1")]
    [InlineData("'minHealthPercent': 100")]
    [InlineData("'minHealthPercent': 91, 'maxEjectionPercent': 100")]
    public void It_counts_as_none(string detection)
    {
        var found = Assert.Single(Judge.Rule(Id, Rule($"'trafficPolicy': {{'outlierDetection': {{{detection}}}}}")));
        Assert.Equal(GuardAction.Deny, found.Action);
        Assert.NotNull(found.Finding.Limit);
        var subset = Rule(
            $"'trafficPolicy': {{'outlierDetection': {Good}}}, 'subsets': [{{'name': 'v1', 'labels': {{'v': '1'}}, 'trafficPolicy': "
                + $"{{'outlierDetection': {{{detection}}}}}}}]"
        );
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule(Id, subset)).Action);
        var port = Rule(
            $"'trafficPolicy': {{'outlierDetection': {Good}, 'portLevelSettings': [{{'port': {{'number': 80}}, "
                + $"'outlierDetection': {{{detection}}}}}]}}"
        );
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule(Id, port)).Action);
    }

    [Theory]
    [InlineData("")]
    [InlineData("'consecutive5xxErrors': 1000, 'interval': '1h', 'baseEjectionTime': '24h', 'maxEjectionPercent': 10, 'minHealthPercent': 90")]
    [InlineData("'consecutive5xxErrors': 0, 'consecutiveGatewayErrors': 5")]
    [InlineData("'consecutive5xxErrors': 0, 'splitExternalLocalOriginErrors': true")]
    [InlineData("'consecutive5xxErrors': null, 'maxEjectionPercent': 0")]
    public void It_counts(string detection) => Assert.Empty(Judge.Rule(Id, Rule($"'trafficPolicy': {{'outlierDetection': {{{detection}}}}}")));

    [Fact]
    public void The_bound_is_a_parameter()
    {
        var rule = Rule("'trafficPolicy': {'outlierDetection': {'consecutive5xxErrors': 50, 'interval': '2m'}}");
        Assert.Empty(Judge.Rule(Id, rule));
        Assert.Single(Judge.Rule(Id, rule, parameters: "{'maxConsecutiveErrors': 20}"));
        Assert.Single(Judge.Rule(Id, rule, parameters: "{'maxInterval': '1m'}"));
    }

    [Theory]
    [InlineData("*api.shop.svc.cluster.local", GuardAction.Deny)]
    [InlineData("*-api.shop.svc.cluster.local", GuardAction.Deny)]
    [InlineData("*.shop.svc.cluster.local", GuardAction.Warn)]
    [InlineData("*example.com", GuardAction.Warn)]
    public void A_wildcard_for_the_end_of_a_name_means_a_service(string host, GuardAction action)
    {
        var rule = Rule("'trafficPolicy': {'loadBalancer': {'simple': 'RANDOM'}}")
            .Replace("'host': 'api'", $"'host': '{host}'", StringComparison.Ordinal);
        Assert.Equal(action, Assert.Single(Judge.Rule(Id, rule)).Action);
    }

    /// <summary>Of what runs: in a first apply the routes may follow.</summary>
    [Theory]
    [InlineData(null, GuardAction.Deny)]
    [InlineData("{'host': 'api'}", GuardAction.Deny)]
    [InlineData("{'host': 'api', 'subset': 'other'}", GuardAction.Deny)]
    [InlineData("{'host': 'api', 'subset': 'dummy'}", GuardAction.Warn)]
    public void A_subset_that_nobody_is_sent_to_protects_nobody(string? destination, GuardAction action)
    {
        const string Dummy =
            "'trafficPolicy': {'loadBalancer': {'simple': 'RANDOM'}}, 'subsets': [{'name': 'dummy', 'labels': {'v': 'none'}, "
            + "'trafficPolicy': {'outlierDetection': "
            + Good
            + "}}]";
        var cluster = Cluster.Live;
        if (destination is not null)
        {
            var route =
                $"{{'metadata': {{'name': 'api', 'namespace': 'shop'}}, 'spec': {{'hosts': ['api'], 'http': [{{'route': [{{'destination': "
                + $"{destination}}}]}}]}}}}";
            cluster = cluster.With(new ObjectKey(ObjectKind.VirtualService, "shop", "api"), Judge.Json(route));
        }
        var old = Rule($"'trafficPolicy': {{'outlierDetection': {Good}}}");
        Assert.Equal(action, Assert.Single(Judge.Rule(Id, Rule(Dummy), old, cluster)).Action);
        Assert.Equal(GuardAction.Warn, Assert.Single(Judge.Rule(Id, Rule(Dummy), null, cluster)).Action);
    }

    private static string Rule(string spec) =>
        "{'apiVersion': 'networking.istio.io/v1', 'kind': 'DestinationRule', 'metadata': {'name': 'api', 'namespace': 'shop'}, "
        + $"'spec': {{'host': 'api', {spec}}}}}";
}
