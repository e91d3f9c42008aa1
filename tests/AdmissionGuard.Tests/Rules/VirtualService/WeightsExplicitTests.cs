using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

public sealed class WeightsExplicitTests
{
    private const string Id = "virtual-service-weights-explicit";

    [Theory]
    [InlineData("v1")]
    [InlineData("v1 7")]
    [InlineData("v1 100, v2 0")]
    [InlineData("v1 5, v2 5, v3 90")]
    [InlineData("v1 '90', v2 10")]
    public void It_is_silent_about(string split) => Assert.Empty(Judge.Rule(Id, Vs.Split(split)));

    [Fact]
    public void An_omitted_weight_among_several_is_denied_and_alone_reported()
    {
        var judgement = Assert.Single(Judge.Rule(Id, Vs.Split("v1 90, v2")));
        Assert.Equal(GuardAction.Deny, judgement.Action);
        Assert.Equal("spec.http[0].route[1].weight", judgement.Path.ToText());
        Assert.Equal(
            "v2 of api has no weight beside other destinations, every one needs its own: Istio reads it as 0 and sends it nobody",
            judgement.Finding.Message
        );
        Assert.Equal("weight: 10   # or 0, which is what it gets today", judgement.Finding.Remedy);
    }

    [Fact]
    public void Beside_a_full_sum_the_remedy_is_zero() =>
        Assert.StartsWith("weight: 0 ", Assert.Single(Judge.Rule(Id, Vs.Split("v1 100, v2"))).Finding.Remedy, StringComparison.Ordinal);

    /// <summary>Istio refuses it, which another rule says.</summary>
    [Theory]
    [InlineData("v1, v2, v3")]
    [InlineData("v1 0, v2 0")]
    [InlineData("v1 0, v2")]
    public void Where_nobody_gets_anything_the_route_is_reported_once(string split)
    {
        Assert.Empty(Judge.Rule(Id, Vs.Split(split)));
        var judgement = Assert.Single(Judge.Rule("virtual-service-validity", Vs.Split(split)));
        Assert.Equal(GuardAction.Deny, judgement.Action);
        Assert.Equal("spec.http[0].route", judgement.Path.ToText());
    }

    [Theory]
    [InlineData("v1 1, v2 1", "the weights add up to 2, 100 is expected: Istio sends 50 % to v1 of api, 50 % to v2 of api")]
    [InlineData("v1 90, v2 20", "the weights add up to 110, 100 is expected: Istio sends 81.8 % to v1 of api, 18.2 % to v2 of api")]
    public void A_sum_other_than_100_is_a_warning(string split, string message)
    {
        var judgement = Assert.Single(Judge.Rule(Id, Vs.Split(split)));
        Assert.Equal(GuardAction.Warn, judgement.Action);
        Assert.Equal(message, judgement.Finding.Message);
        Assert.Equal("/spec/http/0/route", judgement.Path.ToString());
    }

    [Fact]
    public void The_remedy_for_a_sum_keeps_the_shares() =>
        Assert.Equal(
            """
            route:
            - destination: {host: api, subset: v1}
              weight: 82
            - destination: {host: api, subset: v2}
              weight: 18
            """,
            Assert.Single(Judge.Rule(Id, Vs.Split("v1 90, v2 20"))).Finding.Remedy
        );

    [Fact]
    public void Ratios_can_be_allowed() => Assert.Empty(Judge.Rule(Id, Vs.Split("v1 1, v2 1"), parameters: "{'allowRatios': true}"));

    [Fact]
    public void An_omitted_weight_stays_denied_where_ratios_are_allowed() =>
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule(Id, Vs.Split("v1 1, v2"), parameters: "{'allowRatios': true}")).Action);

    [Theory]
    [InlineData("tls")]
    [InlineData("tcp")]
    public void Routes_of_other_protocols_are_judged_too(string protocol) =>
        Assert.Equal(
            $"spec.{protocol}[0].route[0].weight",
            Assert.Single(Judge.Rule(Id, Vs.Of($"{{'hosts': ['api'], '{protocol}': [{Vs.Route("v1, v2 10")}]}}"))).Path.ToText()
        );

    [Fact]
    public void What_was_so_before_is_not_frozen() =>
        Assert.Equal(Because.Ratchet, Assert.Single(Judge.Rule(Id, Vs.Split("v1 80, v2"), Vs.Split("v1 90, v2"))).Because);
}
