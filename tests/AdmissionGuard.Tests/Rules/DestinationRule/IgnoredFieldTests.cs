using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.DestinationRule;

public sealed class IgnoredFieldTests
{
    private const string Id = "destination-rule-ignored-field";

    [Fact]
    public void It_is_found_wherever_an_outlier_detection_can_stand_and_never_denied()
    {
        const string Detection = "'outlierDetection': {'consecutiveErrors': 7}";
        var findings = Judge.Rule(
            Id,
            Rules.Api(
                $"{{{Detection}, 'portLevelSettings': [{{'port': {{'number': 80}}, {Detection}}}]}}",
                $"[{{'name': 'canary', 'trafficPolicy': {{{Detection}, 'portLevelSettings': [{{'port': {{'number': 80}}, {Detection}}}]}}}}]"
            ),
            action: GuardAction.Deny
        );
        Assert.Equal(["host", "port 80", "subset canary", "subset canary port 80"], findings.Select(f => f.Finding.Key));
        Assert.All(findings, f => Assert.Equal((GuardAction.Warn, "consecutive5xxErrors: 7"), (f.Action, f.Finding.Remedy)));
        Assert.Equal("consecutiveErrors is 7, but Istio ignores it: Envoy's default of 5 counts", findings[0].Finding.Message);
        Assert.Equal("/spec/trafficPolicy/outlierDetection/consecutiveErrors", findings[0].Path.ToString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("'five'")]
    public void A_number_that_would_switch_detection_off_is_not_proposed(string value) =>
        Assert.Equal(
            "consecutive5xxErrors: 5",
            Assert.Single(Judge.Rule(Id, Rules.Api($"{{'outlierDetection': {{'consecutiveErrors': {value}}}}}"))).Finding.Remedy
        );

    [Fact]
    public void Beside_the_one_that_counts_it_is_to_be_deleted()
    {
        var finding = Assert.Single(Judge.Rule(Id, Rules.Api("{'outlierDetection': {'consecutiveErrors': 7, 'consecutive5xxErrors': 3}}"))).Finding;
        Assert.Null(finding.Remedy);
        Assert.EndsWith("consecutive5xxErrors 3 beside it counts, delete this line", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{'outlierDetection': {'consecutive5xxErrors': 7, 'consecutiveErrors': null}}")]
    [InlineData("{'outlierDetection': []}")]
    public void Without_it_nothing_is_said(string policy) => Assert.Empty(Judge.Rule(Id, Rules.Api(policy)));
}
