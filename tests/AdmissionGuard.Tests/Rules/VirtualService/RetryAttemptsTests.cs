using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

public sealed class RetryAttemptsTests
{
    private const string Id = "virtual-service-retry-attempts";

    private static string With(string retries) => Vs.Split("v1", $"'retries': {retries}");

    [Theory]
    [InlineData("{'attempts': 3}")]
    [InlineData("{'attempts': 0}")]
    [InlineData("{'attempts': -1}")]
    [InlineData("{'attempts': 'many'}")]
    [InlineData("null")]
    [InlineData("'junk'")]
    public void It_is_silent_about(string retries) => Assert.Empty(Judge.Rule(Id, With(retries)));

    [Fact]
    public void Retries_on_a_redirect_are_not_its_matter() =>
        Assert.Empty(Judge.Rule(Id, Vs.Http("{'redirect': {'uri': '/a'}, 'retries': {'attempts': 9}}")));

    [Fact]
    public void Too_many_are_denied()
    {
        var judgement = Assert.Single(Judge.Rule(Id, With("{'attempts': 10}")));
        Assert.Equal(GuardAction.Deny, judgement.Action);
        Assert.Equal("spec.http[0].retries.attempts", judgement.Path.ToText());
        Assert.Equal("10 retries of each failed request, at most 3 are allowed: a failing server gets 11 times the load", judgement.Finding.Message);
    }

    [Fact]
    public void A_root_that_delegates_hands_its_retries_on() =>
        Assert.Single(Judge.Rule(Id, Vs.Http("{'delegate': {'name': 'checkout'}, 'retries': {'attempts': 9}}")));

    [Theory]
    [InlineData(10, 10, Because.Ratchet)]
    [InlineData(10, 7, Because.Ratchet)]
    [InlineData(7, 10, Because.None)]
    [InlineData(3, 10, Because.None)]
    public void What_was_so_before_may_stay_or_shrink_but_not_grow(int old, int @new, Because expected) =>
        Assert.Equal(
            expected,
            Assert.Single(Judge.Rule(Id, With($"{{'attempts': {@new}, 'perTryTimeout': '1s'}}"), With($"{{'attempts': {old}}}"))).Because
        );

    [Theory]
    [InlineData("{}", "retries has no attempts, which Istio reads as 0: retries are switched off, those of the mesh too")]
    [InlineData("{'attempts': null}", "retries has no attempts, which Istio reads as 0: retries are switched off, those of the mesh too")]
    public void A_block_that_does_not_say_how_many_is_a_warning(string retries, string message)
    {
        var judgement = Assert.Single(Judge.Rule(Id, With(retries)));
        Assert.Equal(GuardAction.Warn, judgement.Action);
        Assert.Equal(message, judgement.Finding.Message);
        Assert.Equal("spec.http[0].retries.attempts", judgement.Path.ToText());
    }

    /// <summary>Istio refuses it, which another rule says.</summary>
    [Fact]
    public void A_block_that_says_how_but_not_how_many_is_reported_once()
    {
        Assert.Empty(Judge.Rule(Id, With("{'perTryTimeout': '2s'}")));
        var judgement = Assert.Single(Judge.Rule("virtual-service-validity", With("{'perTryTimeout': '2s'}")));
        Assert.Equal("spec.http[0].retries.attempts", judgement.Path.ToText());
    }

    [Fact]
    public void None_at_all_can_be_demanded() =>
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule(Id, With("{'attempts': 1}"), parameters: "{'maxAttempts': 0}")).Action);

    [Fact]
    public void A_number_beyond_reason_is_just_too_many() =>
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule(Id, With($"{{'attempts': {long.MaxValue}}}"))).Action);
}
