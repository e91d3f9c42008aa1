using AdmissionGuard.Core.Terms;
using AdmissionGuard.Tests.Rules.VirtualService;

namespace AdmissionGuard.Tests.Rules.Retry;

public sealed class SafetyTests
{
    private const string Id = "retry-safety";

    private static string With(string retryOn, string match = "") =>
        Vs.Split("v1", $"'retries': {{'attempts': 2, 'retryOn': '{retryOn}'}}{(match.Length > 0 ? $", 'match': [{match}]" : "")}");

    [Theory]
    [InlineData("connect-failure,refused-stream,unavailable,cancelled,reset-before-request,http3-post-connect-failure")]
    [InlineData("envoy-ratelimited,resource-exhausted,429")]
    [InlineData("retriable-headers,retriable-status-codes")]
    [InlineData(",, ,")]
    public void Safe_conditions_are_for_every_method(string retryOn) => Assert.Empty(Judge.Rule(Id, With(retryOn)));

    [Theory]
    [InlineData("5xx")]
    [InlineData("gateway-error")]
    [InlineData("reset")]
    [InlineData("retriable-4xx")]
    [InlineData("connect-failure, 502")]
    [InlineData("internal")]
    [InlineData("deadline-exceeded")]
    public void Unsafe_conditions_are_not(string retryOn)
    {
        Assert.Equal(GuardAction.Warn, Assert.Single(Judge.Rule(Id, With(retryOn))).Action);
        Assert.Empty(Judge.Rule(Id, With(retryOn, "{'method': {'exact': 'GET'}}")));
        Assert.Single(Judge.Rule(Id, With(retryOn, "{'method': {'exact': 'POST'}}")));
        Assert.Single(Judge.Rule(Id, With(retryOn, "{'method': {'exact': 'get'}}")));
    }

    [Fact]
    public void One_condition_more_is_worse_than_before()
    {
        Assert.Equal(Because.Ratchet, Assert.Single(Judge.Rule(Id, With("reset"), With("5xx"), action: GuardAction.Deny)).Because);
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule(Id, With("5xx,reset"), With("5xx"), action: GuardAction.Deny)).Action);
    }
}
