using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Text;
using AdmissionGuard.Certificates;
using AdmissionGuard.Server;
using AdmissionGuard.Tests.Kubernetes;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

/// <summary>Who sends slowly, or promises and sends nothing, keeps nobody else out.</summary>
public sealed class SlowBodyTests
{
    [Fact]
    public async Task Three_slow_connections_with_megabytes_each_leave_reviews_alone_and_are_ended()
    {
        await using var server = await RunningServer.Start();
        var slow = new List<SslStream>();
        for (var i = 0; i < 3; i++)
            slow.Add(await Send(server, announced: 8 << 20, sent: 4_200_000));
        await Until(() => server.Server.BytesInFlight >= 12_000_000);
        var client = server.Client();
        for (var i = 0; i < 10; i++)
            Assert.False((bool)(await Response(await client.PostAsync("/validate?timeout=5s", Body(Review(Bad)), Stop)))["allowed"]!);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/readyz", Stop)).StatusCode);
        foreach (var stream in slow)
            Assert.StartsWith("HTTP/1.1 503", await Line(stream), StringComparison.Ordinal);
        Assert.Equal(0, server.Server.BytesInFlight);
        Assert.Contains("{reason=\"slow_body\"} 3\n", await client.GetStringAsync("/metrics", Stop), StringComparison.Ordinal);
        slow.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task Streams_without_a_body_hold_nothing_and_are_ended()
    {
        await using var server = await RunningServer.Start();
        var client = server.Client(version: HttpVersion.Version20);
        using var leave = new CancellationTokenSource();
        var streams = Enumerable.Range(0, 90).Select(_ => client.PostAsync("/validate?timeout=1s", new SilentContent(), leave.Token)).ToList();
        Assert.Equal(0, server.Server.BytesInFlight);
        Assert.False((bool)(await Response(await server.Client().PostAsync("/validate", Body(Review(Bad)), Stop)))["allowed"]!);
        var metrics = "";
        for (var since = Stopwatch.StartNew(); !metrics.Contains("{reason=\"slow_body\"} 90\n", StringComparison.Ordinal); )
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), metrics);
            metrics = await server.Client().GetStringAsync("/metrics", Stop);
        }
        Assert.Equal(0, server.Server.BytesInFlight);
        await leave.CancelAsync();
        await Task.WhenAll(streams).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>A stranger with the whole of its room leaves large reviews of the API server alone too.</summary>
    [Fact]
    public async Task Who_shows_nothing_takes_no_room_from_the_API_server()
    {
        var tokens = new PathTokens();
        tokens.Accept([Token]);
        await using var server = await RunningServer.Start(callers: new Callers(tokens, Certificates: null));
        var slow = new List<SslStream>();
        for (var i = 0; i < 6; i++)
            slow.Add(await Send(server, announced: 8 << 20, sent: 1_000_000));
        await Until(() => server.Server.BytesInFlight >= 2_000_000);
        Assert.InRange(server.Server.BytesInFlight, 0, 3 << 20);
        var client = server.Client();
        foreach (var padding in (int[])[0, 5 << 20])
            await Response(await client.PostAsync($"/validate/{Token}", Body(Review(Bad) + new string(' ', padding)), Stop));
        slow.ForEach(s => s.Dispose());
    }

    [Fact]
    public void Refusals_of_the_API_server_are_seen_at_once_and_make_unready_after_ten_seconds()
    {
        var time = new FakeTime();
        var refusals = new Refusals(time);
        time.Advance(TimeSpan.FromSeconds(100));
        Assert.False(refusals.AreRecent || refusals.Prevail);
        for (var second = 0; second < 12; second++)
        {
            refusals.Refused();
            refusals.Refused();
            refusals.Answered();
            Assert.Equal((true, second >= 10), (refusals.AreRecent, refusals.Prevail));
            time.Advance(TimeSpan.FromSeconds(1));
        }
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(refusals.AreRecent || refusals.Prevail);
    }

    /// <summary>Whoever may write one object that takes too long must not stop the answers to all others.</summary>
    [Fact]
    public void A_few_slow_reviews_among_many_make_nobody_unready()
    {
        var time = new FakeTime();
        var refusals = new Refusals(time);
        for (var second = 0; second < 60; second++)
        {
            refusals.Refused();
            refusals.Answered();
            refusals.Answered();
            Assert.False(refusals.Prevail);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData("zz")]
    [InlineData("ffffffffffffffffffff")]
    [InlineData("-1")]
    public async Task A_chunk_size_that_is_none_is_counted_and_no_fault_of_ours(string size)
    {
        await using var server = await RunningServer.Start();
        await using var stream = await server.Raw();
        var head = $"POST /validate HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nxx\r\n0\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Stop);
        Assert.Equal("HTTP/1.1 400", await Line(stream));
        var metrics = await server.Client().GetStringAsync("/metrics", Stop);
        Assert.Contains("admissionguard_requests_refused_total{reason=\"unreadable\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Equal("", server.Log.ToString());
    }

    private const string Token = "00112233445566778899aabbccddeeff";

    private static async Task<SslStream> Send(RunningServer server, int announced, int sent)
    {
        var stream = await server.Raw();
        var head = $"POST /validate?timeout=10s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {announced}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Stop);
        await stream.WriteAsync(new byte[sent], Stop);
        return stream;
    }

    private static async Task<string> Line(SslStream stream)
    {
        var buffer = new byte[12];
        await stream.ReadExactlyAsync(buffer, Stop);
        return Encoding.ASCII.GetString(buffer);
    }

    private sealed class SilentContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.Delay(Timeout.Infinite, Stop);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            Task.Delay(Timeout.Infinite, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
