using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;

namespace AdmissionGuard.Tests.Rollouts;

public sealed class BasicCanaryTests
{
    [Theory]
    [InlineData(10, 10, true, 1, 10)]
    [InlineData(10, 5, true, 1, 11)]
    [InlineData(4, 5, true, 1, 5)]
    [InlineData(4, 25, true, 1, 4)]
    [InlineData(4, 30, true, 1, 4)]
    [InlineData(3, 50, false, 2, 3)]
    [InlineData(3, 50, true, 2, 4)]
    [InlineData(1, 5, true, 1, 2)]
    [InlineData(1, 5, false, 0, 1)]
    [InlineData(2, 10, false, 1, 2)]
    [InlineData(2, 99, false, 1, 2)]
    [InlineData(10, 0, true, 0, 10)]
    [InlineData(10, 100, true, 10, 10)]
    [InlineData(0, 50, true, 0, 0)]
    [InlineData(long.MaxValue, 1, false, 92233720368547760, long.MaxValue)]
    public void A_weight_is_as_exact_as_its_pods(long replicas, long weight, bool surges, long pods, long total)
    {
        var canary = BasicCanary.Of(replicas, weight, 100, surges);
        Assert.Equal((pods, total), (canary.Pods, canary.Total));
    }

    [Theory]
    [InlineData("null", 25)]
    [InlineData("0", 0)]
    [InlineData("3", 3)]
    [InlineData("'0%'", 0)]
    [InlineData("'25%'", 25)]
    [InlineData("'25'", 25)]
    [InlineData("'a quarter'", 0)]
    [InlineData("'%'", 0)]
    [InlineData("{}", null)]
    public void An_amount_is_pods_or_percent(string json, int? amount) => Assert.Equal(amount, BasicCanary.Amount(Judge.Json(json), new Reader()));
}
