using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

/// <summary>Which route of the stored object is compared with which of the new one.</summary>
public sealed partial class WeightIncreaseTests
{
    [Theory]
    [InlineData("tls", "'match': [{'port': 443, 'sniHosts': ['api.example.com']}]")]
    [InlineData("tcp", "'match': [{'port': 5432}]")]
    [InlineData("tcp", "")]
    public void Routes_of_other_protocols_are_judged_too(string protocol, string match)
    {
        string Spec(string split) => Vs.Of($"{{'hosts': ['api'], '{protocol}': [{Vs.Route(split, match)}]}}");
        var judgement = Assert.Single(From(Spec("v1 100"), Spec("v2 100")));
        Assert.Equal(GuardAction.Deny, judgement.Action);
        Assert.StartsWith($"/spec/{protocol}/0/route/0", judgement.Path.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_catch_all_that_moves_to_the_front_takes_the_others_users()
    {
        var old = Vs.Http($"{Vs.Route("v1", "'name': 'a', 'match': [{'uri': {'prefix': '/a'}}]")}, {Vs.Route("v2", "'name': 'b'")}");
        var @new = Vs.Http($"{Vs.Route("v2", "'name': 'b'")}, {Vs.Route("v1", "'name': 'a', 'match': [{'uri': {'prefix': '/a'}}]")}");
        Assert.Equal(GuardAction.Deny, Action(From(old, @new)));
        Assert.Empty(From(@new, old));
    }

    [Fact]
    public void An_unnamed_route_is_found_by_its_conditions_in_whatever_order_they_are_written()
    {
        const string match = "'match': [{'uri': {'prefix': '/a'}, 'method': {'exact': 'GET'}}, {'port': 80}]";
        const string turned = "'match': [{'port': 80}, {'method': {'exact': 'GET'}, 'uri': {'prefix': '/a'}}]";
        var old = Vs.Http($"{Vs.Route("v1", match)}, {Vs.Route("v2")}");
        var @new = Vs.Http($"{Vs.Route("v9", "'match': [{'uri': {'exact': '/new'}}]")}, {Vs.Route("v2", turned)}, {Vs.Route("v2")}");
        var judgement = Assert.Single(From(old, @new), j => j.Path.ToText() == "spec.http[1].route[0]");
        Assert.Equal(GuardAction.Deny, judgement.Action);
    }

    [Fact]
    public void A_route_that_was_renamed_is_found_by_its_conditions() =>
        Assert.Equal(
            GuardAction.Deny,
            Action(From(Vs.Split("v1", "'name': 'old'"), Vs.Split("v2", "'name': 'new', 'match': [{'uri': {'prefix': '/'}}]")))
        );

    [Fact]
    public void A_route_for_other_requests_moves_nobody() =>
        Assert.Empty(From(Vs.Split("v1", "'match': [{'uri': {'prefix': '/a'}}]"), Vs.Split("v2", "'match': [{'uri': {'prefix': '/b'}}]")));

    [Fact]
    public void A_new_route_with_conditions_of_its_own_is_no_increase() =>
        Assert.Empty(From(Vs.Split("v1"), Vs.Http($"{Vs.Route("v2", "'match': [{'headers': {'x-beta': {'exact': 'yes'}}}]")}, {Vs.Route("v1")}")));

    [Fact]
    public void One_route_taking_the_slot_of_another_is_no_increase()
    {
        var old = Vs.Http(
            $"{Vs.Route("v1", "'name': 'internal', 'match': [{'headers': {'x-internal': {'exact': 'yes'}}}]")}, {Vs.Route("v1", "'name': 'rest'")}"
        );
        var @new = Vs.Http(
            $"{Vs.Route("v2", "'name': 'beta', 'match': [{'headers': {'x-beta': {'exact': 'yes'}}}]")}, {Vs.Route("v1", "'name': 'rest'")}"
        );
        Assert.Empty(From(old, @new));
    }

    [Fact]
    public void A_route_that_goes_hands_its_users_to_the_catch_all()
    {
        var old = Vs.Http($"{Vs.Route("v1", "'name': 'checkout', 'match': [{'uri': {'prefix': '/checkout'}}]")}, {Vs.Route("v2", "'name': 'rest'")}");
        var judgement = Assert.Single(From(old, Vs.Split("v2", "'name': 'rest'")));
        Assert.Equal(GuardAction.Deny, judgement.Action);
        Assert.StartsWith("GET /checkout without headers: v2 of api goes from 0 % to 100 %", judgement.Finding.Message, StringComparison.Ordinal);
        Assert.Equal("spec.http[0].route[0]", judgement.Path.ToText());
    }

    [Fact]
    public void A_route_that_goes_where_nothing_takes_all_is_not_judged()
    {
        var old = Vs.Http($"{Vs.Route("v1", "'match': [{'uri': {'prefix': '/a'}}]")}, {Vs.Route("v2", "'match': [{'uri': {'prefix': '/b'}}]")}");
        Assert.Empty(From(old, Vs.Split("v2", "'match': [{'uri': {'prefix': '/b'}}]")));
    }

    [Fact]
    public void The_header_route_of_a_canary_that_goes_is_the_way_back()
    {
        var old = Vs.Http(
            $"{Vs.Route("canary", "'name': 'set-header', 'match': [{'headers': {'x-canary': {'exact': 'yes'}}}]")}, "
                + $"{Vs.Route("stable 80, canary 20", "'name': 'primary'")}"
        );
        Assert.Empty(From(old, Vs.Split("stable 100, canary 0", "'name': 'primary'"), actor: Actor.GitOps));
    }
}
