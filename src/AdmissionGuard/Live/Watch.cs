using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Live;

/// <summary>One watcher at work, until it is disposed, and how far its changes have come into the picture.</summary>
internal sealed class Watch : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private readonly bool isAudited;
    private volatile WatchState state = WatchState.NotYet;

    /// <param name="isAudited">See <see cref="Kept.Of"/>.</param>
    /// <param name="tell">Called one change after another, by a task of the watch's own.</param>
    public Watch(IApiServer server, Watched what, bool isAudited, Action<Watch, Change> tell, TextWriter log)
    {
        What = what;
        this.isAudited = isAudited;
        running = Run(server, tell, log);
    }

    public Watched What { get; }

    public WatchState State => state;

    /// <summary>
    /// All that it told up to its last word is in the picture, and that word was not that the watch is lost. Kept by the task that draws the picture.
    /// </summary>
    public bool IsComplete { get; set; }

    /// <summary>Was complete once.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>A change of it could not be drawn: what is missing stays missing.</summary>
    public bool IsBroken { get; set; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    /// <summary>In the watcher's task, so that several do it at once.</summary>
    private Change Slim(Change change) =>
        change.Type != ChangeType.Changed || What.IsOurs
            ? change
            : change with
            {
                Object = What.Kind is { } kind ? Kept.Of(change.Object, kind, isAudited) : Kept.OfNamespace(change.Object),
            };

    private async Task Run(IApiServer server, Action<Watch, Change> tell, TextWriter log)
    {
        try
        {
            await server.Follow(What.Versions, change => tell(this, Slim(change)), next => state = next, stop.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            log.WriteLine($"the watch of {What.Name} broke, please report; what reads it warns at most until the server is restarted: {e}");
            IsBroken = true;
            tell(this, Change.Lost);
        }
    }
}
