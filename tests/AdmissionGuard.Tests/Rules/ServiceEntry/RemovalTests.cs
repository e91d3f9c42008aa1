using AdmissionGuard.Core.Terms;
using AdmissionGuard.Tests.Rules.Rollout;

namespace AdmissionGuard.Tests.Rules.ServiceEntry;

/// <summary>What only a whole cluster can tell.</summary>
public sealed class RemovalTests
{
    private const string Id = "service-entry-removal";
    private const string Entry =
        "{'apiVersion': 'networking.istio.io/v1', 'kind': 'ServiceEntry', 'metadata': {'name': 'search', 'namespace': 'shop'}, 'spec': "
        + "{'hosts': ['search.global']}}";
    private const string User =
        "{'apiVersion': 'networking.istio.io/v1', 'kind': 'VirtualService', 'metadata': {'name': 'search', 'namespace': 'web'}, "
        + "'spec': {'hosts': ['search'], 'http': [{'route': [{'destination': {'host': 'search.global'}}]}]}}";

    [Fact]
    public void Whoever_is_served_by_a_host_does_not_lose_it()
    {
        Assert.Equal(GuardAction.Deny, Assert.Single(Shop.Deleting(Id, Entry, Shop.With(Entry, User), GuardAction.Deny)).Action);
        Assert.Equal(
            GuardAction.Deny,
            Assert
                .Single(
                    Judge.Rule(
                        Id,
                        Entry.Replace("search.global", "stock.global", StringComparison.Ordinal),
                        Entry,
                        Shop.With(Entry, User),
                        action: GuardAction.Deny
                    )
                )
                .Action
        );
    }

    [Fact]
    public void Another_definition_or_no_user_lets_it_go()
    {
        var other = Entry.Replace("'search'", "'other'", StringComparison.Ordinal).Replace("search.global", "*.global", StringComparison.Ordinal);
        Assert.Empty(Shop.Deleting(Id, Entry, Shop.With(Entry, User, other), GuardAction.Deny));
        Assert.Empty(Shop.Deleting(Id, Entry, Shop.With(Entry), GuardAction.Deny));
        Assert.Empty(
            Judge.Rule(
                Id,
                Entry,
                Entry.Replace("'hosts'", "'location': 'MESH_INTERNAL', 'hosts'", StringComparison.Ordinal),
                Shop.With(Entry, User),
                action: GuardAction.Deny
            )
        );
    }

    /// <summary>Services that several clusters share are known to another controller.</summary>
    [Fact]
    public void Of_what_another_cluster_may_define_nothing_is_said()
    {
        const string Shared = "search.shop.svc.clusterset.local";
        Assert.Empty(
            Shop.Deleting(
                Id,
                Entry.Replace("search.global", Shared, StringComparison.Ordinal),
                Shop.With(User.Replace("search.global", Shared, StringComparison.Ordinal)),
                GuardAction.Deny
            )
        );
    }
}
