using AdmissionGuard.Kubernetes;
using AdmissionGuard.Loops;

namespace AdmissionGuard.Live;

/// <summary>One watcher at work, until it is disposed, and how far its changes have come into the snapshot.</summary>
internal sealed class Watch : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private readonly bool isAudited;
    private volatile WatchState state = WatchState.NotYet;

    /// <param name="tell">Called one change after another, by a task of the watch's own.</param>
    public Watch(IApiServer server, WatchedKind what, LiveOptions options, Action<Watch, Change> tell)
    {
        What = what;
        isAudited = options.IsAudited;
        var fault = $"the watch of {what.Name} broke, please report; what reads it warns at most until the server is restarted";
        running = new Loop("watch", fault, options.Time, options.Log).Run(Follow, stop.Token);
        running = Vital.Run($"the watch of {what.Name}", running, stop.Token);

        // taken up again after a fault: objects stay as fresh as they can be, although one of them may be missing
        async Task<TimeSpan?> Follow(CancellationToken ended)
        {
            try
            {
                await server.Follow(what.Versions, change => tell(this, Slim(change)), next => state = next, ended);
                return null;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                IsBroken = true;
                tell(this, Change.Lost);
                throw;
            }
        }
    }

    public WatchedKind What { get; }

    public WatchState State => state;

    /// <summary>
    /// All that it told up to its last word is in the snapshot, and that word was not that the watch is lost. Kept by the task that builds it.
    /// </summary>
    public bool IsComplete { get; set; }

    /// <summary>Was complete once.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>A change of it could not be taken in: what is missing stays missing.</summary>
    public bool IsBroken { get; set; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    /// <summary>In the watcher's task, so that several do it at once.</summary>
    private Change Slim(Change change)
    {
        if (change.Type != ChangeType.Changed || What.IsOurs)
            return change;
        return change with
        {
            Object = What.Kind is { } kind ? ObjectTrimmer.Of(change.Object, kind, isAudited) : ObjectTrimmer.OfNamespace(change.Object),
        };
    }
}
