using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.DestinationRule;

public sealed class EjectionPercentTests
{
    private static IReadOnlyList<Judgement> Judged(string detection, string? old = null, string? parameters = null) =>
        Judge.Rule(
            "destination-rule-ejection-percent",
            Rules.Api($"{{'outlierDetection': {detection}}}"),
            old is null ? null : Rules.Api($"{{'outlierDetection': {old}}}"),
            action: GuardAction.Deny,
            parameters: parameters
        );

    [Theory]
    [InlineData(2, 49, 1)]
    [InlineData(2, 50, 0)]
    [InlineData(3, 33, 1)]
    [InlineData(3, 34, 0)]
    [InlineData(7, 14, 1)]
    [InlineData(7, 15, 0)]
    [InlineData(10, 10, 0)]
    public void One_endpoint_of_those_that_are_assumed_must_be_ejectable(int replicas, int percent, int findings) =>
        Assert.Equal(findings, Judged($"{{'maxEjectionPercent': {percent}}}", parameters: $"{{'assumedReplicas': {replicas}}}").Count);

    [Fact]
    public void Absence_of_all_outlier_detection_is_the_matter_of_another_rule() =>
        Assert.Empty(Judge.Rule("destination-rule-ejection-percent", Rules.Api("{}")));

    [Theory]
    [InlineData("{'maxEjectionPercent': 'many'}")]
    [InlineData("{'maxEjectionPercent': 100, 'minHealthPercent': 'some'}")]
    [InlineData("'on'")]
    public void What_cannot_be_read_is_unknown(string detection) => Assert.Empty(Judged(detection));

    [Theory]
    [InlineData("{'maxEjectionPercent': 20}", "{'maxEjectionPercent': 10}", GuardAction.Warn)]
    [InlineData("{'maxEjectionPercent': 10}", "{'maxEjectionPercent': 20}", GuardAction.Deny)]
    [InlineData("{'maxEjectionPercent': 100}", "{'maxEjectionPercent': 10}", GuardAction.Deny)]
    public void Better_than_before_is_no_denial(string detection, string old, GuardAction action) =>
        Assert.Equal(action, Assert.Single(Judged(detection, old)).Action);
}
