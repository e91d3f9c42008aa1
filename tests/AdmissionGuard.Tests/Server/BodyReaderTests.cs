using System.Text;
using AdmissionGuard.Server;
using AdmissionGuard.Tests.Kubernetes;
using Microsoft.AspNetCore.Http;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

public sealed class BodyReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(32 << 10)]
    [InlineData((32 << 10) + 1)]
    [InlineData(64 << 10)]
    [InlineData(100_000)]
    public async Task Reads_every_size_with_and_without_a_length(int size)
    {
        var reader = new BodyReader(new BodyRoom(), maxBytes: 100_000);
        foreach (var announced in (bool[])[true, false])
        {
            var (body, refusal) = await Read(reader, Request(Text(size), announced));
            Assert.True(body is not null, refusal.Error);
            Assert.InRange(reader.InFlight, size, size + 4096);
            body!.Dispose();
            body.Dispose();
            Assert.Equal(0, reader.InFlight);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_byte_too_many_is_a_413_and_reserves_nothing(bool announced)
    {
        var reader = new BodyReader(new BodyRoom(), maxBytes: 100_000);
        var (body, refusal) = await Read(reader, Request(Text(100_001), announced));
        Assert.Null(body);
        Assert.Equal(413, refusal.Status);
        Assert.Equal(0, reader.InFlight);
    }

    [Fact]
    public async Task What_is_in_flight_is_bounded_and_given_back()
    {
        var reader = new BodyReader(new BodyRoom(bytes: 10 * 4096), maxBytes: 100_000);
        var (first, _) = await Read(reader, Request(Text(6 * 4096), true));
        var (second, busy) = await Read(reader, Request(Text(6 * 4096), true));
        Assert.Null(second);
        Assert.Equal((503, "busy"), (busy.Status, busy.Reason));
        Assert.Equal(6 * 4096, reader.InFlight);
        first!.Dispose();
        var (third, _) = await Read(reader, Request(Text(6 * 4096), true));
        third!.Dispose();
        Assert.Equal(0, reader.InFlight);
    }

    [Fact]
    public async Task A_body_that_is_announced_and_does_not_come_reserves_little()
    {
        var reader = new BodyReader(new BodyRoom());
        var context = new DefaultHttpContext();
        context.Request.Body = new SilentStream();
        context.Request.ContentLength = 8 << 20;
        using var leave = new CancellationTokenSource();
        var deadline = new Deadline(TimeProvider.System, TimeSpan.FromSeconds(60), leave.Token);
        var reading = reader.Read(context.Request, ApiServer, deadline).AsTask();
        Assert.Equal(0, reader.InFlight);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(0, reader.InFlight);
    }

    [Fact]
    public async Task A_body_that_does_not_come_in_time_is_refused_and_gives_its_room_back()
    {
        var reader = new BodyReader(new BodyRoom());
        var time = new FakeTime();
        var context = new DefaultHttpContext();
        context.Request.Body = new SilentStream();
        var reading = reader.Read(context.Request, ApiServer, new Deadline(time, TimeSpan.FromSeconds(2), CancellationToken.None)).AsTask();
        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        var (body, refusal) = await reading;
        Assert.Null(body);
        Assert.Equal((503, "slow_body"), (refusal.Status, refusal.Reason));
        Assert.Equal(0, reader.InFlight);
    }

    /// <summary>300 bytes a second are always on their way: only the clock ends that.</summary>
    [Fact]
    public async Task A_body_that_trickles_in_is_refused_when_its_time_is_over()
    {
        var reader = new BodyReader(new BodyRoom());
        var time = new FakeTime();
        var context = new DefaultHttpContext();
        context.Request.Body = new TricklingStream(time);
        var (body, refusal) = await reader.Read(context.Request, ApiServer, new Deadline(time, TimeSpan.FromSeconds(5), CancellationToken.None));
        Assert.Null(body);
        Assert.Equal("slow_body", refusal.Reason);
        Assert.Equal(0, reader.InFlight);
        Assert.InRange(time.GetElapsedTime(0).TotalSeconds, 4, 5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("\"\\ud800\"")]
    [InlineData("[1]]")]
    public async Task What_is_no_JSON_says_so_when_it_is_parsed_and_is_given_back(string text)
    {
        var reader = new BodyReader(new BodyRoom());
        var (body, _) = await Read(reader, Request(Encoding.UTF8.GetBytes(text), true));
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => body!.Root);
        body!.Dispose();
        Assert.Equal(0, reader.InFlight);
    }

    [Fact]
    public async Task A_stream_that_breaks_reserves_nothing()
    {
        var reader = new BodyReader(new BodyRoom());
        var context = new DefaultHttpContext();
        context.Request.Body = new BrokenStream();
        await Assert.ThrowsAsync<IOException>(() => Read(reader, context.Request).AsTask());
        Assert.Equal(0, reader.InFlight);
    }

    /// <summary>A whole pair in escapes is a character like any other.</summary>
    [Fact]
    public async Task A_pair_of_escaped_surrogates_is_read()
    {
        var (body, _) = await Read(new BodyReader(new BodyRoom()), Request("{\"a\":\"\\ud83d\\ude80\"}"u8.ToArray(), true));
        Assert.Equal("🚀", body!.Root["a"u8].Text);
        body.Dispose();
    }

    private static readonly Caller ApiServer = new(Proof.ApiServer, System.Net.IPAddress.Loopback);

    private static ValueTask<(BodyReader.Body? Body, Answered Refusal)> Read(BodyReader reader, HttpRequest request) =>
        reader.Read(request, ApiServer, new Deadline(TimeProvider.System, TimeSpan.FromSeconds(60), Stop));

    private static byte[] Text(int size) => size == 1 ? "1"u8.ToArray() : Encoding.UTF8.GetBytes('"' + new string('x', size - 2) + '"');

    private static HttpRequest Request(byte[] bytes, bool announced)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(bytes);
        context.Request.ContentLength = announced ? bytes.Length : null;
        return context.Request;
    }

    private class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    private sealed class TricklingStream(FakeTime time) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            buffer.Span.Fill((byte)'x');
            return ValueTask.FromResult(Math.Min(buffer.Length, 30));
        }
    }

    private sealed class BrokenStream : SilentStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("connection reset");
    }
}
