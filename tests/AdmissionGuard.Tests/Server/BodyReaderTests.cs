using System.Text;
using AdmissionGuard.Server;
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
        var reader = new BodyReader(maxBytes: 100_000);
        foreach (var announced in (bool[])[true, false])
        {
            var (body, status, error) = await reader.Read(Request(Text(size), announced), Stop);
            Assert.True(status == 200, error);
            Assert.InRange(reader.InFlight, size, 100_001);
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
        var reader = new BodyReader(maxBytes: 100_000);
        var (body, status, _) = await reader.Read(Request(Text(100_001), announced), Stop);
        Assert.Null(body);
        Assert.Equal(413, status);
        Assert.Equal(0, reader.InFlight);
    }

    [Fact]
    public async Task What_is_in_flight_is_bounded_and_given_back()
    {
        var reader = new BodyReader(maxBytes: 1000, maxBytesInFlight: 1000);
        var (first, _, _) = await reader.Read(Request(Text(600), true), Stop);
        var (second, busy, _) = await reader.Read(Request(Text(600), true), Stop);
        Assert.Null(second);
        Assert.Equal(503, busy);
        Assert.Equal(600, reader.InFlight);
        first!.Dispose();
        var (third, again, _) = await reader.Read(Request(Text(600), true), Stop);
        Assert.Equal(200, again);
        third!.Dispose();
        Assert.Equal(0, reader.InFlight);
    }

    [Fact]
    public async Task A_body_that_is_announced_and_does_not_come_reserves_little()
    {
        var reader = new BodyReader();
        var silent = new SilentStream();
        var context = new DefaultHttpContext();
        context.Request.Body = silent;
        context.Request.ContentLength = 8 << 20;
        using var leave = new CancellationTokenSource();
        var reading = reader.Read(context.Request, leave.Token).AsTask();
        Assert.InRange(reader.InFlight, 1, 64 << 10);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(0, reader.InFlight);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("\"\\ud800\"")]
    [InlineData("[1]]")]
    public async Task What_is_no_JSON_says_so_when_it_is_parsed_and_is_given_back(string text)
    {
        var reader = new BodyReader();
        var (body, status, _) = await reader.Read(Request(Encoding.UTF8.GetBytes(text), true), Stop);
        Assert.Equal(200, status);
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => body!.Root);
        body!.Dispose();
        Assert.Equal(0, reader.InFlight);
    }

    [Fact]
    public async Task A_stream_that_breaks_reserves_nothing()
    {
        var reader = new BodyReader();
        var context = new DefaultHttpContext();
        context.Request.Body = new BrokenStream();
        await Assert.ThrowsAsync<IOException>(() => reader.Read(context.Request, Stop).AsTask());
        Assert.Equal(0, reader.InFlight);
    }

    /// <summary>A whole pair in escapes is a character like any other.</summary>
    [Fact]
    public async Task A_pair_of_escaped_surrogates_is_read()
    {
        var (body, _, error) = await new BodyReader().Read(Request("{\"a\":\"\\ud83d\\ude80\"}"u8.ToArray(), true), Stop);
        Assert.Equal("", error);
        Assert.Equal("🚀", body!.Root["a"u8].Text);
        body.Dispose();
    }

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

    private sealed class BrokenStream : SilentStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("connection reset");
    }
}
