using AdmissionGuard.Core;

namespace AdmissionGuard.Tests.Rules.DestinationRule;

public sealed class OutlierDetectionTests
{
    private static string Rule(string spec) =>
        $"{{'apiVersion': 'networking.istio.io/v1', 'kind': 'DestinationRule', 'metadata': {{'name': 'api', 'namespace': 'shop'}}, 'spec': {spec}}}";

    [Fact]
    public void An_in_mesh_host_without_it_is_denied_once_at_the_top()
    {
        var finding = Assert.Single(Judge.Rule("destination-rule-outlier-detection", Rule("{'host': 'api', 'subsets': [{'name': 'v1'}, {'name': 'v2'}]}")));
        Assert.Equal(GuardAction.Deny, finding.Action);
        Assert.Equal("/spec/trafficPolicy/outlierDetection", finding.Path.ToString());
    }

    [Fact]
    public void An_empty_one_counts() =>
        Assert.Empty(Judge.Rule("destination-rule-outlier-detection", Rule("{'host': 'api', 'trafficPolicy': {'outlierDetection': {}}}")));

    [Fact]
    public void A_port_entry_that_drops_it_is_denied_there()
    {
        var finding = Assert.Single(Judge.Rule("destination-rule-outlier-detection", Rule(
            "{'host': 'api', 'trafficPolicy': {'outlierDetection': {}, 'portLevelSettings': [{'port': {'number': 8080}, 'loadBalancer': {'simple': 'RANDOM'}}]}}")));
        Assert.Equal(GuardAction.Deny, finding.Action);
        Assert.Equal("spec.trafficPolicy.portLevelSettings[0].outlierDetection", finding.Path.ToText());
    }
}
