using System.Net;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Server;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

/// <summary>Nothing is computed for whoever waits no longer, and nobody waits behind what takes long.</summary>
public sealed class DeadlineTests
{
    [Fact]
    public async Task A_review_that_takes_longer_than_the_API_server_waits_is_a_503()
    {
        await using var server = await RunningServer.Start(judge: UntilNobodyWaits);
        var client = server.Client();
        var answer = await client.PostAsync("/validate?timeout=100ms", Body(Review(Bad)), Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("no verdict within the time that the request allows, try again\n", await answer.Content.ReadAsStringAsync(Stop));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains(Refused("deadline", 1), await client.GetStringAsync("/metrics", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_ends_when_the_client_goes()
    {
        var judging = new TaskCompletionSource();
        await using var server = await RunningServer.Start(judge: review =>
        {
            judging.TrySetResult();
            return UntilNobodyWaits(review);
        });
        using var leave = new CancellationTokenSource();
        var asked = server.Client().PostAsync("/validate?timeout=30s", Body(Review(Bad)), leave.Token);
        await judging.Task;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await Until(() => Metrics(server).Contains(Refused("aborted", 1), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("timeout=10s", 4)]
    [InlineData("timeout=1s", 0.8)]
    [InlineData("timeout=200ms", 0.16)]
    [InlineData("timeout=1h", 4)]
    [InlineData("timeout=-1s", 4)]
    [InlineData("timeout=soon", 4)]
    [InlineData("", 4)]
    public void The_deadline_is_what_the_request_says_less_a_fifth_and_at_most_4_seconds(string query, double seconds)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.QueryString = new("?" + query);
        var left = Deadline.Of(context, new StandingTime()).Left;
        Assert.Equal(seconds, left.TotalSeconds, 0.001);
    }

    [Fact]
    public async Task A_large_review_leaves_the_small_ones_alone()
    {
        using var go = new ManualResetEventSlim();
        var judging = new TaskCompletionSource();
        await using var server = await RunningServer.Start(judge: review =>
        {
            if (review.Object.Raw.Length > 100_000)
            {
                judging.TrySetResult();
                go.Wait(Stop);
            }
            return Verdict.Pass(review);
        });
        var client = server.Client();
        var large = Enumerable.Range(0, 8).Select(_ => client.PostAsync("/validate", Body(Review(Ports(15_000))), Stop)).ToList();
        await judging.Task;
        for (var i = 0; i < 8; i++)
            Assert.True((bool)(await Response(await client.PostAsync("/validate", Body(Review(Bad)), Stop)))["allowed"]!);
        go.Set();
        foreach (var answer in large)
            Assert.True((bool)(await Response(await answer))["allowed"]!);
    }

    [Fact]
    public async Task Who_would_wait_for_too_long_is_refused_at_once()
    {
        using var lane = new ReviewLane(atOnce: 1, most: 3);
        Assert.True(await lane.Enter(Waits(60)));
        lane.Leave(entered: System.Diagnostics.Stopwatch.GetTimestamp() - (16 * System.Diagnostics.Stopwatch.Frequency)); // a second on average
        Assert.True(await lane.Enter(Waits(0.1)));
        Assert.False(await lane.Enter(Waits(0.5)));
        var second = lane.Enter(Waits(30)).AsTask();
        var third = lane.Enter(Waits(30)).AsTask();
        Assert.False(await lane.Enter(Waits(600)));
        Assert.Equal((false, false, 3), (second.IsCompleted, third.IsCompleted, lane.Inside));
        lane.Leave(System.Diagnostics.Stopwatch.GetTimestamp());
        Assert.True(await second);
        lane.Leave(System.Diagnostics.Stopwatch.GetTimestamp());
        Assert.True(await third);
        Assert.Equal(1, lane.Inside);
    }

    [Fact]
    public async Task Who_goes_while_it_waits_takes_no_place()
    {
        using var lane = new ReviewLane(atOnce: 1, most: 3);
        Assert.True(await lane.Enter(Waits(60)));
        using var leave = new CancellationTokenSource();
        var waiting = lane.Enter(new Deadline(TimeProvider.System, TimeSpan.FromSeconds(60), leave.Token)).AsTask();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, lane.Inside);
        lane.Leave(System.Diagnostics.Stopwatch.GetTimestamp());
        Assert.True(await lane.Enter(Waits(60)));
    }

    [Fact]
    public async Task Who_waits_for_the_cluster_holds_no_place()
    {
        using var lane = new ReviewLane(atOnce: 1, most: 3);
        using var turn = new Turn(lane, Waits(60));
        Assert.True(await turn.Begin());
        var cluster = new TaskCompletionSource<int>();
        var asking = turn.Aside(new ValueTask<int>(cluster.Task)).AsTask();
        Assert.True(await lane.Enter(Waits(60)));
        cluster.SetResult(7);
        Assert.False(asking.IsCompleted);
        lane.Leave(System.Diagnostics.Stopwatch.GetTimestamp());
        Assert.Equal(7, await asking);
        Assert.Equal(1, lane.Inside);
        turn.Dispose();
        turn.Dispose();
        Assert.Equal(0, lane.Inside);
    }

    private static Verdict UntilNobodyWaits(Review review)
    {
        while (!review.Patience!.HasEnded)
            Thread.Yield();
        review.Patience.Check();
        return Verdict.Pass(review);
    }

    private static Deadline Waits(double seconds) => new(TimeProvider.System, TimeSpan.FromSeconds(seconds), CancellationToken.None);

    private static string Refused(string reason, int count) => $"admissionguard_requests_refused_total{{reason=\"{reason}\"}} {count}\n";

    private static string Metrics(RunningServer server) => server.Client().GetStringAsync("/metrics", Stop).GetAwaiter().GetResult();

    private sealed class StandingTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
