using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

/// <summary>What only a whole cluster can tell.</summary>
public sealed class DestinationsTests
{
    private const string Id = "virtual-service-destinations";
    private const string ToV1 = "{'host': 'api', 'subset': 'v1'}";
    private const string ToV2 = "{'host': 'api', 'subset': 'v2'}";

    private static readonly Cluster Mesh = Cluster
        .Live.With(new ObjectKey(ObjectKind.Service, "shop", "api"), Judge.Json("{'spec': {'ports': [{'port': 80}]}}"))
        .With(new ObjectKey(ObjectKind.DestinationRule, "shop", "api"), Judge.Json("{'spec': {'host': 'api', 'subsets': [{'name': 'v1'}]}}"));

    [Fact]
    public void A_route_in_use_may_not_lose_all_its_users_to_a_subset_that_is_not_there()
    {
        Assert.Equal(GuardAction.Deny, Assert.Single(Judged(Route(ToV2), Route(ToV1), Mesh)).Action);
        Assert.Equal(GuardAction.Warn, Assert.Single(Judged(Route(ToV2), null, Mesh)).Action);
        Assert.Equal(GuardAction.Warn, Assert.Single(Judged(Route(ToV2 + ", 'weight': 10", ToV1 + ", 'weight': 90"), Route(ToV1), Mesh)).Action);
    }

    [Fact]
    public void What_was_broken_before_stays_a_warning()
    {
        Assert.Equal(Because.Ratchet, Assert.Single(Judged(Route(ToV2, name: "b"), Route(ToV2, name: "a"), Mesh)).Because);
        Assert.Equal(
            Because.Ratchet,
            Assert
                .Single(Judged(Route(ToV2, name: "a"), Route(ToV2, name: "a").Replace("'hosts'", "'x': 1, 'hosts'", StringComparison.Ordinal), Mesh))
                .Because
        );
    }

    [Fact]
    public void Without_any_rule_a_subset_is_not_there_but_a_host_is_only_advised()
    {
        Assert.Contains(
            "needs a DestinationRule",
            Assert
                .Single(Judged(Route(ToV1), Route("{'host': 'api'}"), Mesh.Without(new ObjectKey(ObjectKind.DestinationRule, "shop", "api"))))
                .Finding.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(GuardAction.Warn, Assert.Single(Judged(Route("{'host': 'apl'}"), Route("{'host': 'api'}"), Mesh)).Action);
        Assert.Contains(
            "a name with a dot is taken as it is",
            Assert.Single(Judged(Route("{'host': 'api.shop'}"), null, Mesh)).Finding.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Half_a_picture_is_advice() =>
        Assert.Equal(GuardAction.Warn, Assert.Single(Judged(Route(ToV2), Route(ToV1), Mesh.WithIncomplete([ObjectKind.ServiceEntry]))).Action);

    private static IReadOnlyList<Judgement> Judged(string json, string? old, Cluster cluster) => Judge.Rule(Id, json, old, cluster);

    private static string Route(string to, string? second = null, string name = "all")
    {
        var route = string.Join(", ", new[] { to, second }.OfType<string>().Select(Item));
        return "{'apiVersion': 'networking.istio.io/v1', 'kind': 'VirtualService', 'metadata': {'name': 'api', 'namespace': 'shop'}, "
            + $"'spec': {{'hosts': ['api'], 'http': [{{'name': '{name}', 'route': [{route}]}}]}}}}";
    }

    private static string Item(string to)
    {
        var end = to.IndexOf('}', StringComparison.Ordinal) + 1;
        return $"{{'destination': {to[..end]}{to[end..]}}}";
    }
}
