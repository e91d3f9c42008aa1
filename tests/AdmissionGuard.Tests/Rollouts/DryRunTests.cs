using AdmissionGuard.Core.Rollouts;

namespace AdmissionGuard.Tests.Rollouts;

public sealed class DryRunTests
{
    [Theory]
    [InlineData("errors", "http-errors-5xx", true)]
    [InlineData("errors", "latency", false)]
    [InlineData(".*", "latency", true)]
    [InlineData("lat.*", "latency", true)]
    [InlineData("^http.*", "http-errors", true)]
    [InlineData("^errors", "http-errors", false)]
    [InlineData("errors$", "http-errors", true)]
    [InlineData("^errors$", "errors-5xx", false)]
    [InlineData("^$", "errors", false)]
    [InlineData("", "errors", true)]
    [InlineData("$", "errors", true)]
    [InlineData("*", "errors", false)]
    [InlineData("(errors|latency)", "errors", null)]
    [InlineData("err.rs", "errors", null)]
    public void A_name_is_a_regular_expression_that_matches_anywhere(string name, string metric, bool? covered) =>
        Assert.Equal(covered, new DryRun(Judge.Json($"[{{'metricName': '{name}'}}]")).Covers(metric));

    [Fact]
    public void One_that_matches_is_enough_and_one_that_nobody_understands_leaves_it_open()
    {
        Assert.True(new DryRun(Judge.Json("[{'metricName': '(a|b)'}, {'metricName': 'errors'}]")).Covers("errors"));
        Assert.Null(new DryRun(Judge.Json("[{'metricName': '(a|b)'}, {'metricName': 'latency'}]")).Covers("errors"));
        Assert.False(new DryRun(Judge.Json("['junk', {}, {'metricName': 'latency'}]")).Covers("errors"));
    }
}
