using System.Threading.Channels;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Loops;

namespace AdmissionGuard.Live;

/// <summary>
/// Writes statuses, one at a time. Of one generation of an object each verdict is written at most once: replicas of two versions of this program that
/// judge it
/// differently must not overwrite each other without end.
/// </summary>
internal sealed class StatusWriter(IApiServer server, TimeProvider time, TextWriter log)
{
    private readonly Channel<ResourceStatus> wanted = Channel.CreateUnbounded<ResourceStatus>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<(string Kind, string Name), ResourceStatus> open = [];
    private readonly Dictionary<(string Kind, string Name), string> written = [];
    private readonly Backoff backoff = new(Random.Shared.NextDouble);
    private bool isTold;

    public void Tell(ResourceStatus status) => wanted.Writer.TryWrite(status);

    /// <summary>Until it is told to stop; whoever runs next writes what is missing then.</summary>
    public Task Run(CancellationToken stop) =>
        new Loop("statuses", "writing a status broke, please report; that status is left as it was, the others are written", time, log).Run(
            WriteOpen,
            stop
        );

    private async Task<TimeSpan?> WriteOpen(CancellationToken stop)
    {
        if (open.Count == 0)
            await wanted.Reader.WaitToReadAsync(stop);
        while (wanted.Reader.TryRead(out var status))
            open[KeyOf(status)] = status;
        foreach (var status in open.Values.ToArray())
        {
            if (await Write(status, stop))
                open.Remove(KeyOf(status));
        }
        return open.Count > 0 ? backoff.Next() : TimeSpan.Zero;
    }

    /// <summary>False where it is to be tried again.</summary>
    private async Task<bool> Write(ResourceStatus status, CancellationToken stop)
    {
        var verdict = $"{status.Version} {string.Join('\n', status.Errors)}";
        if (written.GetValueOrDefault(KeyOf(status)) == verdict || status.Difference(time.GetUtcNow()) is not { } body)
            return true;
        try
        {
            await server.Apply(status.What.Versions[0], ns: null, status.Name, body, stop, subresource: "status");
        }
        catch (ApiException e) when (e.IsConflict || e.IsNotFound)
        {
            return true; // it is another by now, or gone: the watch tells
        }
        catch (ApiException e)
        {
            if (!isTold)
                log.WriteLine($"the status of {status.What.Name} {status.Name} cannot be written, tried again until it can: {e.Message}");
            isTold = true;
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            open.Remove(KeyOf(status)); // one that always breaks must not keep the others waiting
            throw;
        }
        isTold = false;
        backoff.Reset();
        written[KeyOf(status)] = verdict;
        return true;
    }

    private static (string Kind, string Name) KeyOf(ResourceStatus status) => (status.What.Name, status.Name);
}
