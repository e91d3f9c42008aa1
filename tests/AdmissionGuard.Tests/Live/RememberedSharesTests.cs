using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using AdmissionGuard.Policies;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Live;

/// <summary>What a replica keeps of its own watch.</summary>
public sealed class RememberedSharesTests
{
    private static readonly WatchedKind Routes = WatchedKind.Of(ObjectKind.VirtualService);

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 0)]
    public void Versions_that_another_spec_or_a_deletion_replaced_are_kept_where_the_settings_ask(bool remembers, int kept)
    {
        var builder = Builder(remembers);
        Take(builder, Routes, ChangeType.Changed, "{'spec': {'hosts': ['a']}}");
        Take(builder, Routes, ChangeType.Changed, "{'metadata': {'labels': {'x': 'y'}}, 'spec': {'hosts': ['a']}}");
        Take(builder, Routes, ChangeType.Changed, "{'spec': {'hosts': ['b']}}");
        Take(builder, Routes, ChangeType.Deleted, "{}");
        var key = new ObjectKey(ObjectKind.VirtualService, "shop", "web");
        Assert.Equal(kept, builder.Cluster.Recent.Of(key, Judge.Now).Count());
    }

    [Fact]
    public void Other_kinds_are_not_kept()
    {
        var builder = Builder(remembers: true);
        var rollouts = WatchedKind.Of(ObjectKind.Rollout);
        Take(builder, rollouts, ChangeType.Changed, "{'spec': {'replicas': 1}}");
        Take(builder, rollouts, ChangeType.Deleted, "{}");
        Assert.Equal(0, builder.Cluster.Recent.Count);
    }

    private static ClusterBuilder Builder(bool remembers)
    {
        var settings = GuardSettings.Default with { RemembersShares = remembers };
        return new ClusterBuilder(new PolicyStatus(new PolicySet([], [], settings, []), default, []), new FakeTime(Judge.Now));
    }

    private static void Take(ClusterBuilder builder, WatchedKind what, ChangeType type, string json) =>
        Assert.Empty(builder.Take(what, new Change(type, new ItemName("shop", "web"), Judge.Json(json))));
}
