using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Tests.Traffic;

/// <summary>When one plan exposes users more than another (docs/how-changes-are-judged.md#emergencies).</summary>
public sealed class PlanComparisonTests
{
    private const string P = "{'pause': {'duration': '5m'}}";
    private const string Ever = "{'pause': {}}";

    private static ExposurePlan Plan(string steps) =>
        RolloutPlan.Of(Judge.Json($"{{'strategy': {{'canary': {{'trafficRouting': {{'nginx': {{}}}}, 'steps': [{steps}]}}}}}}"), new Reader());

    [Theory]
    [InlineData($"{{'setWeight': 10}}, {P}, {{'setWeight': 50}}, {P}", $"{{'setWeight': 10}}, {P}, {{'setWeight': 50}}, {P}", false, false)]
    [InlineData($"{{'setWeight': 10}}, {P}", "{'setWeight': 10}, {'pause': {'duration': '1m'}}", true, false)]
    [InlineData($"{{'setWeight': 10}}, {P}", $"{{'setWeight': 20}}, {P}", true, false)]
    [InlineData($"{{'setWeight': 20}}, {P}, {{'setWeight': 60}}, {P}", $"{{'setWeight': 10}}, {P}, {{'setWeight': 60}}, {P}", false, true)]
    [InlineData($"{{'setWeight': 10}}, {Ever}", $"{{'setWeight': 10}}, {P}", true, false)]
    [InlineData($"{{'setWeight': 10}}, {P}", $"{{'setWeight': 10}}, {Ever}", false, false)]
    [InlineData($"{{'setWeight': 10}}, {P}, {{'setWeight': 50}}, {P}", $"{{'setWeight': 10}}, {P}, {P}", false, true)]
    [InlineData("", $"{{'setWeight': 60}}, {P}", false, false)]
    [InlineData($"{{'setWeight': 60}}, {P}", "", true, true)]
    [InlineData(
        $"{{'setWeight': 10}}, {P}, {{'setWeight': 50}}, {P}",
        $"{{'setWeight': 10}}, {P}, {{'setWeight': 30}}, {{'setWeight': 60}}, {P}",
        true,
        false
    )]
    [InlineData($"{{'setWeight': 10}}, {P}", $"{{'setWeight': 'ten'}}, {P}", true, true)]
    public void Sooner_and_more_at_once(string old, string now, bool sooner, bool larger)
    {
        Assert.Equal(sooner, PlanComparison.IsSooner(Plan(old), Plan(now)));
        Assert.Equal(larger, PlanComparison.HasLargerIncrease(Plan(old), Plan(now)));
    }
}
