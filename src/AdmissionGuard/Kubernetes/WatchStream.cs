using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Kubernetes;

internal enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>Nothing changed up to the object's resourceVersion.</summary>
    Bookmark,
}

internal readonly record struct WatchEvent(WatchEventType Type, Node Object)
{
    public string? ResourceVersion => Object["metadata"u8]["resourceVersion"u8].Text;
}

/// <summary>One watch: events line by line until the server ends it.</summary>
internal sealed class WatchStream : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly string what;
    private readonly CancellationTokenSource late;
    private Stream? body;
    private byte[] buffer = new byte[32 << 10];
    private int begin;
    private int end;

    /// <param name="what">Server and resource, for messages.</param>
    /// <param name="deadline">A server that does not end the watch by then is gone.</param>
    public WatchStream(HttpResponseMessage response, string what, TimeSpan deadline, TimeProvider time)
    {
        this.response = response;
        this.what = what;
        late = new CancellationTokenSource(deadline, time);
    }

    /// <summary>
    /// The next event; null where the server ended the watch, also in the middle of a line, as it does when it restarts: it is to be taken up where
    /// it was.
    /// </summary>
    /// <exception cref="ApiException">An ERROR event (410: list again), a dropped connection, a line that is no event.</exception>
    public async Task<WatchEvent?> Next(CancellationToken stop)
    {
        while (true)
        {
            var (line, ended) = await ReadLine(stop);
            if (ended)
                return null;
            if (line.Span.Trim(" \r\t"u8).Length > 0)
                return Read(line);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (body is not null)
            await body.DisposeAsync();
        response.Dispose();
        late.Dispose();
    }

    private WatchEvent Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            var root = Node.Parse(line);
            var payload = root["object"u8];
            var type = root["type"u8].Text;
            if (type == "ERROR")
                throw StatusBody.Of(payload, what);
            if (payload.IsObject && TypeOf(type) is { } known)
                return new WatchEvent(known, Slim.Of(payload));
            throw new ApiException(null, ApiException.Unreadable, $"{what}: an event of type \"{type}\" without an object, or unknown");
        }
        catch (JsonException e)
        {
            throw new ApiException(null, ApiException.Unreadable, $"{what}: a line that is not JSON: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static WatchEventType? TypeOf(string? type) =>
        type switch
        {
            "ADDED" => WatchEventType.Added,
            "MODIFIED" => WatchEventType.Modified,
            "DELETED" => WatchEventType.Deleted,
            "BOOKMARK" => WatchEventType.Bookmark,
            _ => null,
        };

    /// <summary>A line without its end; the memory is good until the next call.</summary>
    private async Task<(ReadOnlyMemory<byte> Line, bool Ended)> ReadLine(CancellationToken stop)
    {
        var searched = 0;
        while (true)
        {
            var found = buffer.AsSpan(begin + searched, end - begin - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = buffer.AsMemory(begin, searched + found);
                begin += searched + found + 1;
                return (line, false);
            }
            searched = end - begin;
            if (searched > ApiLimits.ObjectBytes)
                throw new ApiException(null, ApiException.TooLarge, $"{what}: an event larger than {ApiLimits.ObjectBytes >> 10} KiB");
            MakeRoom();
            var read = await Fill(stop);
            if (read == 0)
                return (default, true);
            end += read;
        }
    }

    private void MakeRoom()
    {
        if (begin > 0)
        {
            buffer.AsSpan(begin, end - begin).CopyTo(buffer);
            end -= begin;
            begin = 0;
        }
        if (end == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
    }

    private async Task<int> Fill(CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            body ??= await response.Content.ReadAsStreamAsync(both.Token);
            return await body.ReadAsync(buffer.AsMemory(end), both.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new ApiException(null, ApiException.Unreachable, $"{what}: the server did not end it in time", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ApiException(null, ApiException.Unreachable, $"{what}: the connection broke: {ApiHandler.Innermost(e)}", e);
        }
    }
}
