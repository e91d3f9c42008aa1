using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Tests.Traffic;

public sealed class SharesTests
{
    /// <summary>See docs/facts/istio.md#weights.</summary>
    [Theory]
    [InlineData("[{}]", 0, new double[] { 100 })]
    [InlineData("[{'weight': 0}]", 0, new double[] { 100 })]
    [InlineData("[{'weight': 7}]", 7, new double[] { 100 })]
    [InlineData("[{'weight': 1}, {'weight': 1}]", 2, new double[] { 50, 50 })]
    [InlineData("[{'weight': 5}, {'weight': 5}, {'weight': 90}]", 100, new double[] { 5, 5, 90 })]
    [InlineData("[{'weight': 90}, {}]", 90, new double[] { 100, 0 })]
    [InlineData("[{'weight': 90}, {'weight': null}]", 90, new double[] { 100, 0 })]
    [InlineData("[{'weight': 100}, {'weight': 0}]", 100, new double[] { 100, 0 })]
    [InlineData("[{'weight': 90.0}, {'weight': 1e1}]", 100, new double[] { 90, 10 })]
    [InlineData("[{}, {}]", 0, new double[] { 0, 0 })]
    [InlineData("[{'weight': 0}, {'weight': 0}]", 0, new double[] { 0, 0 })]
    [InlineData("[{'weight': -5}, {'weight': 5}]", 5, new double[] { 0, 100 })]
    [InlineData("[]", 0, new double[] { })]
    [InlineData("null", 0, new double[] { })]
    public void A_share_is_weight_by_sum(string route, long sum, double[] percent)
    {
        var shares = Shares.OfIstio(Judge.Json(route), new Reader());
        Assert.Equal(sum, shares.Sum);
        Assert.Equal(percent, shares.Destinations.Select(s => s.Percent));
        Assert.True(shares.IsKnown);
    }

    [Theory]
    [InlineData("[{'weight': '90'}, {'weight': 10}]")]
    [InlineData("[{'weight': 90.5}, {'weight': 10}]")]
    [InlineData("['v1', {'weight': 10}]")]
    [InlineData("{'weight': 10}")]
    public void What_cannot_be_read_makes_the_shares_unknown_and_is_remembered(string route)
    {
        var read = new Reader();
        Assert.False(Shares.OfIstio(Judge.Json(route), read).IsKnown);
        Assert.Single(read.Wrong);
    }

    /// <summary>See docs/facts/gateway-api.md#backend-weights.</summary>
    [Theory]
    [InlineData("[{}]", new double[] { 100 })]
    [InlineData("[{'weight': 0}]", new double[] { 0 })]
    [InlineData("[{}, {}]", new double[] { 50, 50 })]
    [InlineData("[{'weight': 9}, {}]", new double[] { 90, 10 })]
    [InlineData("[{'weight': 9}, {'weight': null}]", new double[] { 90, 10 })]
    [InlineData("[{'weight': 0}, {'weight': 0}]", new double[] { 0, 0 })]
    [InlineData("[]", new double[] { })]
    public void In_an_HTTPRoute_an_omitted_weight_is_1_and_0_is_nothing(string backends, double[] percent) =>
        Assert.Equal(percent, Percents(Shares.OfHttpRoute(Judge.Json(backends), new Reader())));

    /// <summary>See docs/facts/smi.md#traffic-split.</summary>
    [Theory]
    [InlineData("[{'weight': '500m'}, {'weight': '1500m'}]", new double[] { 25, 75 })]
    [InlineData("[{'weight': 1}, {'weight': '0m'}]", new double[] { 100, 0 })]
    [InlineData("[{'weight': 300}, {'weight': 100}]", new double[] { 75, 25 })]
    [InlineData("[{'weight': '0'}]", new double[] { 0 })]
    [InlineData("[{'weight': '1k'}, {'weight': 1e3}]", new double[] { 50, 50 })]
    [InlineData("[{}, {'weight': '1'}]", new double[] { 0, 100 })]
    public void In_a_TrafficSplit_a_weight_is_a_quantity(string backends, double[] percent) =>
        Assert.Equal(percent, Percents(Shares.OfTrafficSplit(Judge.Json(backends), new Reader())));

    [Theory]
    [InlineData("[{'weight': '10%'}, {'weight': 10}]")]
    [InlineData("[{'weight': true}, {'weight': 10}]")]
    public void A_weight_that_is_no_quantity_makes_the_shares_unknown(string backends) =>
        Assert.False(Shares.OfTrafficSplit(Judge.Json(backends), new Reader()).IsKnown);

    private static IEnumerable<double> Percents(Shares shares) => shares.Destinations.Select(s => s.Percent);

    [Fact]
    public void Weights_beyond_reason_do_not_overflow()
    {
        var shares = Shares.OfIstio(Judge.Json($"[{{'weight': {long.MaxValue}}}, {{'weight': {long.MaxValue}}}]"), new Reader());
        Assert.Equal(long.MaxValue, shares.Sum);
    }
}
