using System.Buffers;
using System.Text.Json;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Server;

/// <summary>
/// Reads a request's body within bounds: bytes of one, bytes of all in flight, and what <see cref="JsonBody"/> bounds.
/// Room is taken as bytes arrive, not as they are announced: a connection that promises 8 MiB and sends nothing takes none from others.
/// </summary>
internal sealed class BodyReader(int maxBytes = ServerLimits.BodyBytes, long maxBytesInFlight = ServerLimits.BodyBytesInFlight)
{
    private long inFlight;

    public long InFlight => Interlocked.Read(ref inFlight);

    /// <summary>Null with the HTTP status where it is refused; the caller disposes what it gets.</summary>
    public async ValueTask<(Body? Body, int Status, string Error)> Read(HttpRequest request, CancellationToken stop)
    {
        if (request.ContentLength > maxBytes)
            return TooLarge();
        // a byte more than is taken, so that an end and one too many can be told apart
        var most = request.ContentLength is { } announced ? (int)announced : maxBytes + 1;
        var size = Math.Min(most, ServerLimits.FirstBodyBytes);
        if (!Reserve(size))
            return Busy();
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        var length = 0;
        Body? body = null;
        try
        {
            while (length < most)
            {
                if (length == size)
                {
                    var larger = (int)Math.Min(size * 2L, most);
                    if (!Reserve(larger - size))
                        return Busy();
                    size = larger;
                    var fresh = ArrayPool<byte>.Shared.Rent(size);
                    buffer.AsSpan(0, length).CopyTo(fresh);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = fresh;
                }
                var read = await request.Body.ReadAsync(buffer.AsMemory(length, size - length), stop);
                if (read == 0)
                    break;
                length += read;
            }
            if (length > maxBytes)
                return TooLarge();
            body = new Body(this, buffer, size, length);
            return (body, StatusCodes.Status200OK, "");
        }
        finally
        {
            if (body is null)
                Release(buffer, size);
        }
    }

    private (Body?, int, string) TooLarge() => (null, StatusCodes.Status413PayloadTooLarge, $"the body is larger than {maxBytes} bytes");

    private static (Body?, int, string) Busy() => (null, StatusCodes.Status503ServiceUnavailable, "too many bytes in flight, try again");

    private bool Reserve(long bytes)
    {
        if (Interlocked.Add(ref inFlight, bytes) <= maxBytesInFlight)
            return true;
        Interlocked.Add(ref inFlight, -bytes);
        return false;
    }

    private void Release(byte[] buffer, long bytes)
    {
        Interlocked.Add(ref inFlight, -bytes);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Whatever was read from it is gone with it: its bytes go back to a pool.</summary>
    internal sealed class Body(BodyReader owner, byte[] buffer, long reserved, int length) : IDisposable
    {
        private JsonTree? document;
        private bool disposed;

        /// <summary>In bytes.</summary>
        public int Length => length;

        /// <summary>Parsed by whoever asks first: a large one costs time and memory, so its turn must have come.</summary>
        /// <exception cref="JsonException">It is none, or too large in tokens.</exception>
        public Node Root => (document ??= JsonBody.Parse(buffer.AsMemory(0, length))).Root;

        public void Dispose()
        {
            if (disposed)
                return;
            disposed = true;
            document?.Dispose();
            owner.Release(buffer, reserved);
        }
    }
}
