using System.Net;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

/// <summary>What a server says of the cluster that it follows.</summary>
public sealed class ClusterReadinessTests
{
    private static readonly WatchState InStep = new(Synced: true, Served: true, LostSince: null, Reason: null);

    private static readonly WatchState NotYet = new(Synced: false, Served: false, LostSince: null, Reason: "not listed yet");

    private static readonly WatchState Absent = new(
        Synced: true,
        Served: false,
        LostSince: null,
        Reason: "rollouts.argoproj.io is not served, looked for every 30 s"
    );

    private static readonly WatchState Lost = InStep with { LostSince = Judge.Now, Reason = "https://api: GET: the connection broke\nhere" };

    [Fact]
    public async Task It_is_unready_with_the_reasons_until_everything_was_loaded_once()
    {
        var standing = new LiveState(IsReady: false, HasPolicies: true, [("GuardPolicy", InStep), ("Rollout", NotYet)]);
        await using var server = await Start(standing: () => standing);
        var client = server.Client();
        var answer = await client.GetAsync("/readyz", Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("[-]watch Rollout: not loaded yet: not listed yet\nnot ready\n", await answer.Content.ReadAsStringAsync(Stop));
        Assert.Contains("admissionguard_ready 0\n", await client.GetStringAsync("/metrics", Stop), StringComparison.Ordinal);
        // judged with what is there
        Assert.False((bool)(await Response(await client.PostAsync("/validate", Body(Review(Bad)), Stop)))["allowed"]!);

        standing = new LiveState(IsReady: true, HasPolicies: true, [("GuardPolicy", InStep), ("Rollout", InStep)]);
        Assert.Equal("ok\n", await client.GetStringAsync("/readyz", Stop));
        Assert.Contains("admissionguard_ready 1\n", await client.GetStringAsync("/metrics", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_is_lost_shows_and_leaves_it_ready()
    {
        await using var server = await Start(standing: () =>
            new LiveState(IsReady: true, HasPolicies: true, [("GuardPolicy", InStep), ("VirtualService", Lost), ("Rollout", Absent)])
        );
        var client = server.Client();
        Assert.Equal("ok\n", await client.GetStringAsync("/readyz", Stop));
        Assert.EndsWith(
            """
            [+]watch GuardPolicy: in step
            [-]watch VirtualService: lost since 2026-11-21T12:00:00Z, rules that read it warn at most: https://api: GET: the connection broke here
            [+]watch Rollout: rollouts.argoproj.io is not served, looked for every 30 s
            ok

            """,
            await client.GetStringAsync("/readyz?verbose", Stop),
            StringComparison.Ordinal
        );
        Assert.Contains(
            """
            # TYPE admissionguard_watch_synced gauge
            admissionguard_watch_synced{kind="GuardPolicy"} 1
            admissionguard_watch_synced{kind="Rollout"} 1
            admissionguard_watch_synced{kind="VirtualService"} 0

            """,
            await client.GetStringAsync("/metrics", Stop),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_policies_yet_it_says_neither_yes_nor_no()
    {
        await using var server = await Start(standing: () => new LiveState(IsReady: false, HasPolicies: false, [("GuardPolicy", NotYet)]));
        var answer = await server.Client().PostAsync("/validate", Body(Review(Bad)), Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("the policies are not loaded yet, see /readyz\n", await answer.Content.ReadAsStringAsync(Stop));
    }
}
