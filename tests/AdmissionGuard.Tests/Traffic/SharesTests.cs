using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Tests.Traffic;

public sealed class SharesTests
{
    /// <summary>Facts 2.2.</summary>
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

    [Fact]
    public void Weights_beyond_reason_do_not_overflow()
    {
        var shares = Shares.OfIstio(Judge.Json($"[{{'weight': {long.MaxValue}}}, {{'weight': {long.MaxValue}}}]"), new Reader());
        Assert.Equal(long.MaxValue, shares.Sum);
    }
}
