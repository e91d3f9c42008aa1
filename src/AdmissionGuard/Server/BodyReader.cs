using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Server;

/// <summary>
/// Reads a request's body within bounds: bytes of one, bytes of all in flight (<see cref="BodyRoom"/>), the time of the whole, and what
/// <see cref="JsonBody"/> bounds. Room is taken by bytes that have arrived, never by what is announced.
/// </summary>
internal sealed class BodyReader(BodyRoom room, int maxBytes = ServerLimits.BodyBytes)
{
    public long InFlight => room.InFlight;

    /// <summary>As <see cref="Read"/>; what a client breaks on the way, such as the size of a chunk, is a refusal that is counted.</summary>
    public async ValueTask<(Body? Body, Answered Refusal)> ReadSafely(HttpRequest request, Caller caller, Deadline deadline)
    {
        try
        {
            return await Read(request, caller, deadline);
        }
        catch (Exception) when (deadline.IsAborted)
        {
            return (null, Answered.Late(deadline));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (null, Answered.Unreadable("the body is not sent as HTTP demands"));
        }
    }

    /// <summary>Null with the refusal; the caller disposes what it gets.</summary>
    /// <exception cref="OperationCanceledException">The client went.</exception>
    public async ValueTask<(Body? Body, Answered Refusal)> Read(HttpRequest request, Caller caller, Deadline deadline)
    {
        if (request.ContentLength > maxBytes)
            return (null, TooLarge());
        var body = new Body(room.For(caller));
        var isWhole = false;
        using var late = new Late(deadline);
        try
        {
            while (!isWhole)
            {
                if (!request.BodyReader.TryRead(out var read))
                    read = await request.BodyReader.ReadAsync(late.Token);
                if (Take(body, read.Buffer) is { } refusal)
                {
                    request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    return (null, refusal);
                }
                request.BodyReader.AdvanceTo(read.Buffer.End);
                // bytes that trickle in are always there when they are asked for
                if (!read.IsCompleted && deadline.HasEnded)
                    throw new OperationCanceledException();
                isWhole = read.IsCompleted;
            }
            return (body, default);
        }
        catch (OperationCanceledException) when (!deadline.IsAborted)
        {
            return (null, Answered.Slow());
        }
        finally
        {
            if (!isWhole)
                body.Dispose();
        }
    }

    private Answered? Take(Body body, in ReadOnlySequence<byte> bytes)
    {
        if (body.Length + bytes.Length > maxBytes)
            return TooLarge();
        return body.Add(bytes) ? null : Answered.Busy("too many bytes in flight, try again");
    }

    private Answered TooLarge() => new(null, StatusCodes.Status413PayloadTooLarge, "too_large", $"the body is larger than {maxBytes} bytes");

    /// <summary>The end of somebody's patience as a token, which costs something only when somebody waits.</summary>
    private sealed class Late(Deadline deadline) : IDisposable
    {
        private CancellationTokenSource? clock;
        private CancellationTokenSource? either;

        public CancellationToken Token
        {
            get
            {
                if (either is null)
                {
                    clock = new CancellationTokenSource(deadline.Left > TimeSpan.Zero ? deadline.Left : TimeSpan.Zero, deadline.Time);
                    either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, deadline.Aborted);
                }
                return either.Token;
            }
        }

        public void Dispose()
        {
            either?.Dispose();
            clock?.Dispose();
        }
    }

    /// <summary>Whatever was read from it is gone with it: its bytes go back to a pool.</summary>
    internal sealed class Body(BodyRoom.Held held) : IDisposable
    {
        private byte[] buffer = [];
        private long reserved;
        private JsonTree? document;
        private bool disposed;

        /// <summary>In bytes.</summary>
        public int Length { get; private set; }

        public Caller Caller => held.Caller;

        /// <summary>Parsed by whoever asks first: a large one costs time and memory, so its turn must have come.</summary>
        /// <exception cref="JsonException">It is none, or too large in tokens.</exception>
        public Node Root => (document ??= JsonBody.Parse(buffer.AsMemory(0, Length))).Root;

        /// <summary>False where there is no room for these.</summary>
        public bool Add(in ReadOnlySequence<byte> bytes)
        {
            var after = Length + (int)bytes.Length;
            // in steps of a page: no accounting for each packet, and nothing worth counting beyond what has arrived
            var wanted = (after + ServerLimits.BodyStep - 1) / ServerLimits.BodyStep * (long)ServerLimits.BodyStep;
            if (wanted > reserved)
            {
                if (!held.Grow(wanted - reserved))
                    return false;
                reserved = wanted;
            }
            if (after > buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(after);
                buffer.AsSpan(0, Length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
            bytes.CopyTo(buffer.AsSpan(Length));
            Length = after;
            return true;
        }

        public void Dispose()
        {
            if (disposed)
                return;
            disposed = true;
            document?.Dispose();
            held.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
