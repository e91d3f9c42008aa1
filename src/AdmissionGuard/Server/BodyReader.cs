using System.Buffers;
using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Server;

/// <summary>Reads a request's body within bounds: bytes of one, bytes of all in flight, depth, and number of tokens.</summary>
internal sealed class BodyReader(int maxBytes = BodyReader.MaxBytes, long maxBytesInFlight = BodyReader.MaxBytesInFlight)
{
    /// <summary>An API server takes objects of 3 MiB, and a review holds two and the rest (facts 8.3).</summary>
    public const int MaxBytes = 8 << 20;

    public const long MaxBytesInFlight = 96L << 20;

    /// <summary>A token costs 12 bytes of index: eight million brackets must not become 100 MB.</summary>
    private const int MaxTokens = 1_000_000;

    private long inFlight;

    /// <summary>Null with the HTTP status where it is refused; the caller disposes what it gets.</summary>
    public async ValueTask<(Body? Body, int Status, string Error)> Read(HttpRequest request, CancellationToken stop)
    {
        if (request.ContentLength > maxBytes) return TooLarge();
        var size = (int)(request.ContentLength ?? 16 << 10);
        if (!Reserve(size)) return Busy();
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
        var reserved = size;
        var length = 0;
        Body? body = null;
        try
        {
            while (true)
            {
                if (length == buffer.Length || (length == size && request.ContentLength is null))
                {
                    if (length > maxBytes) return TooLarge();
                    if (!Reserve(length)) return Busy();
                    reserved += length;
                    size = length * 2;
                    var larger = ArrayPool<byte>.Shared.Rent(size);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
                var read = await request.Body.ReadAsync(buffer.AsMemory(length), stop);
                if (read == 0) break;
                length += read;
            }
            if (length > maxBytes) return TooLarge();
            if (HasTooManyTokens(buffer.AsSpan(0, length))) return (null, StatusCodes.Status400BadRequest, $"more than {MaxTokens} tokens of JSON");
            body = new Body(this, buffer, reserved, Node.ParseDocument(buffer.AsMemory(0, length)));
            return (body, StatusCodes.Status200OK, "");
        }
        catch (JsonException e)
        {
            return (null, StatusCodes.Status400BadRequest, $"no JSON: {e.Message}");
        }
        finally
        {
            if (body is null) Release(buffer, reserved);
        }
    }

    private static bool HasTooManyTokens(ReadOnlySpan<byte> json)
    {
        if (json.Length <= MaxTokens) return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Node.ParseOptions.MaxDepth });
        var tokens = 0;
        while (reader.Read())
        {
            if (++tokens > MaxTokens) return true;
        }
        return false;
    }

    private (Body?, int, string) TooLarge() => (null, StatusCodes.Status413PayloadTooLarge, $"the body is larger than {maxBytes >> 20} MiB");

    private static (Body?, int, string) Busy() => (null, StatusCodes.Status503ServiceUnavailable, "too many bytes in flight, try again");

    private bool Reserve(long bytes)
    {
        if (Interlocked.Add(ref inFlight, bytes) <= maxBytesInFlight) return true;
        Interlocked.Add(ref inFlight, -bytes);
        return false;
    }

    private void Release(byte[] buffer, long bytes)
    {
        Interlocked.Add(ref inFlight, -bytes);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    internal sealed class Body(BodyReader owner, byte[] buffer, long reserved, JsonDocument document) : IDisposable
    {
        public Node Root => new(document.RootElement);

        public void Dispose()
        {
            document.Dispose();
            owner.Release(buffer, reserved);
        }
    }
}
