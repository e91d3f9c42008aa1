using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

public sealed class RetryBudgetTests
{
    private const string Id = "virtual-service-retry-budget";

    private static string With(string retries, string? timeout = null) =>
        Vs.Split("v1", (timeout is null ? "" : $"'timeout': '{timeout}', ") + $"'retries': {retries}");

    [Theory]
    [InlineData("{'attempts': 3, 'perTryTimeout': '2s', 'retryOn': '5xx,reset,connect-failure'}", "10s")] // 4 x 2 s fit in 10 s
    [InlineData("{'attempts': 4, 'perTryTimeout': '2s', 'retryOn': 'gateway-error'}", "10s")]
    [InlineData("{'attempts': 3, 'perTryTimeout': '2s', 'retryOn': 'reset'}", null)]
    [InlineData("{'attempts': 3, 'retryOn': '5xx'}", "10s")]
    [InlineData("{'attempts': 3}", null)]
    [InlineData("{'attempts': 3, 'retryOn': 'connect-failure'}", null)]
    [InlineData("{'attempts': 0, 'perTryTimeout': '20s'}", "10s")]
    [InlineData("{'perTryTimeout': '2s'}", "10s")]
    [InlineData("{'attempts': 3, 'perTryTimeout': 2, 'retryOn': '5xx'}", null)]
    [InlineData("{'attempts': 3, 'perTryTimeout': '2s', 'retryOn': ['5xx']}", "10s")]
    [InlineData("{}", null)]
    [InlineData("null", null)]
    public void It_is_silent_about(string retries, string? timeout) => Assert.Empty(Judge.Rule(Id, With(retries, timeout)));

    [Theory]
    [InlineData(
        "{'attempts': 3, 'perTryTimeout': '10s', 'retryOn': '5xx'}",
        "10s",
        "perTryTimeout is 10s, and the whole request ends after 10s: a try that times out is never tried again, only one that fails sooner is"
    )]
    [InlineData(
        "{'attempts': 3, 'perTryTimeout': '20s'}",
        "10s",
        "perTryTimeout is 20s, and the whole request ends after 10s: a try that times out is never tried again, only one that fails sooner is"
    )]
    [InlineData(
        "{'perTryTimeout': '20s'}",
        "10s",
        "perTryTimeout is 20s, and the whole request ends after 10s: a try that times out is never tried again, only one that fails sooner is"
    )]
    public void A_try_as_long_as_the_timeout_is_warned_about_and_nothing_else_said(string retries, string timeout, string message) =>
        Expect(With(retries, timeout), GuardAction.Warn, message);

    [Theory]
    [InlineData("5xx")]
    [InlineData("gateway-error,connect-failure")]
    [InlineData("connect-failure,reset")]
    [InlineData("connect-failure, reset")]
    public void Tries_that_do_not_fit_are_a_warning(string retryOn)
    {
        var finding = Expect(
            With($"{{'attempts': 3, 'perTryTimeout': '5s', 'retryOn': '{retryOn}'}}", "10s"),
            GuardAction.Warn,
            "4 tries of 5s take 20s, the timeout allows 10s: the last tries never finish"
        );
        Assert.Equal("perTryTimeout: 2.5s", finding.Remedy);
    }

    [Theory]
    [InlineData("", "10s")]
    [InlineData(", 'retryOn': ''", "10s")]
    [InlineData(", 'retryOn': 'connect-failure,503,reset-before-request'", "10s")]
    [InlineData(", 'retryOn': 'unavailable'", null)]
    [InlineData("", "0s")]
    public void A_try_whose_timeout_nothing_retries_is_a_warning(string retryOn, string? timeout) =>
        Expect(
            With($"{{'attempts': 3, 'perTryTimeout': '5s'{retryOn}}}", timeout),
            GuardAction.Warn,
            "perTryTimeout 5s ends the whole request, nothing retries it: retryOn has none of 5xx, gateway-error and reset"
        );

    [Theory]
    [InlineData(null)]
    [InlineData("0s")]
    public void Retries_of_a_try_that_never_ends_are_a_warning(string? timeout)
    {
        var finding = Expect(
            With("{'attempts': 3, 'retryOn': '5xx'}", timeout),
            GuardAction.Warn,
            "no perTryTimeout and no timeout beside retries of timeouts, one of them is needed: a try that hangs never ends and is never retried"
        );
        Assert.Equal("timeout: 8s\nretries:\n  perTryTimeout: 2s", finding.Remedy);
    }

    [Fact]
    public void A_delegate_may_take_its_timeout_from_its_root() =>
        Assert.Empty(Judge.Rule(Id, Vs.Of($"{{'http': [{Vs.Route("v1", "'retries': {'attempts': 3, 'retryOn': '5xx'}")}]}}")));

    [Fact]
    public void What_a_root_hands_to_its_delegates_must_fit_too() =>
        Assert.Single(
            Judge.Rule(Id, Vs.Http("{'delegate': {'name': 'checkout'}, 'timeout': '1s', 'retries': {'attempts': 3, 'perTryTimeout': '2s'}}"))
        );

    [Fact]
    public void A_number_beyond_reason_does_not_overflow() =>
        Assert.Single(Judge.Rule(Id, With($"{{'attempts': {long.MaxValue}, 'perTryTimeout': '5s', 'retryOn': '5xx'}}", "10s")));

    private static Finding Expect(string json, GuardAction action, string message)
    {
        var judgement = Assert.Single(Judge.Rule(Id, json));
        Assert.Equal(message, judgement.Finding.Message);
        Assert.Equal(action, judgement.Action);
        Assert.Equal("spec.http[0].retries.perTryTimeout", judgement.Path.ToText());
        return judgement.Finding;
    }
}
