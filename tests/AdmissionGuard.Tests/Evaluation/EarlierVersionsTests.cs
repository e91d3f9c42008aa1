using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>Growth in several updates, and what a replica remembers of it (docs/how-changes-are-judged.md#memory).</summary>
public sealed class EarlierVersionsTests
{
    private static readonly ObjectKey Key = new(ObjectKind.VirtualService, "shop", "web");

    private static readonly Cluster Live = Cluster
        .Live.With(GuardSettings.Default with { RemembersShares = true })
        .With([Judge.Policy("virtual-service-weight-increase")]);

    [Fact]
    public void Two_steps_in_a_row_are_one()
    {
        Assert.True(Of(95, 50).Allowed);
        var verdict = Of(95, 50, remembered: (5, TimeSpan.FromMinutes(9)));
        Assert.False(verdict.Allowed);
        Assert.Contains("since 10 minutes ago: ", Assert.Single(verdict.Judgements).Finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_the_window_it_is_a_step_of_its_own() => Assert.True(Of(95, 50, remembered: (5, TimeSpan.FromMinutes(11))).Allowed);

    [Fact]
    public void It_is_off_unless_the_settings_ask_for_it() =>
        Assert.True(Of(95, 50, remembered: (5, TimeSpan.Zero), cluster: Live.With(GuardSettings.Default)).Allowed);

    [Theory]
    [InlineData(50, 50)] // another timeout, after the controller has moved the users
    [InlineData(20, 50)] // back
    public void Who_moves_nobody_forward_is_not_asked(int now, int stored) =>
        Assert.True(Of(now, stored, remembered: (0, TimeSpan.FromMinutes(1)), timeout: "9s").Allowed);

    [Fact]
    public void A_deletion_and_a_creation_are_one_change()
    {
        Assert.True(Of(100, null).Allowed);
        Assert.False(Of(100, null, remembered: (5, TimeSpan.FromMinutes(1))).Allowed);
        Assert.True(Of(30, null, remembered: (5, TimeSpan.FromMinutes(1))).Allowed);
    }

    [Fact]
    public void The_memory_is_bounded_in_time_versions_and_objects()
    {
        var recent = RecentObjects.None;
        for (var i = 0; i < 100; i++)
            recent = recent.With(Key, Judge.Json(Route(i)), Judge.Now.AddSeconds(i));
        var kept = recent.Of(Key, Judge.Now.AddSeconds(100)).Select(n => n.ToString()).ToList();
        Assert.Equal(RecentObjects.MostVersions, kept.Count);
        Assert.Equal(Judge.Json(Route(0)).ToString(), kept[0]);
        Assert.Equal(Judge.Json(Route(99)).ToString(), kept[^1]);
        Assert.Empty(recent.Of(Key, Judge.Now.AddSeconds(99) + RecentObjects.Window));

        var other = new ObjectKey(ObjectKind.VirtualService, "shop", "other");
        Assert.Equal(1, recent.With(other, Judge.Json(Route(1)), Judge.Now.AddHours(1)).Count);
        for (var i = 0; i < RecentObjects.MostObjects + 10; i++)
            recent = recent.With(other with { Name = $"n{i}" }, Judge.Json("{}"), Judge.Now.AddSeconds(100));
        Assert.Equal(RecentObjects.MostObjects, recent.Count);
        Assert.Empty(recent.Of(Key, Judge.Now.AddSeconds(100)));
    }

    private static Verdict Of(int now, int? stored, (int Share, TimeSpan Ago)? remembered = null, Cluster? cluster = null, string timeout = "10s")
    {
        var world = cluster ?? Live;
        if (remembered is { } was)
            world = world.With(world.Recent.With(Key, Judge.Json(Route(was.Share)), Judge.Now - was.Ago));
        if (stored is { } share)
            world = world.With(Key, Judge.Json(Route(share)));
        return Evaluator.Evaluate(Judge.Review(Route(now, timeout), stored is { } old ? Route(old) : null, stage: Stage.Validate), world);
    }

    private static string Route(int canary, string timeout = "10s") =>
        "{'apiVersion': 'networking.istio.io/v1', 'kind': 'VirtualService', 'metadata': {'name': 'web', 'namespace': 'shop'}, "
        + "'spec': {'hosts': ['api'], "
        + $"'http': [{{'timeout': '{timeout}', 'route': [{{'destination': {{'host': 'api', 'subset': 'stable'}}, 'weight': {100 - canary}}}, "
        + $"{{'destination': {{'host': 'api', 'subset': 'canary'}}, 'weight': {canary}}}]}}]}}}}";
}
