using AdmissionGuard.Kubernetes;
using AdmissionGuard.Loops;

namespace AdmissionGuard.Live;

/// <summary>One watcher at work, until it is disposed, and how far its changes have come into the picture.</summary>
internal sealed class Watch : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private readonly bool isAudited;

    /// <param name="isAudited">See <see cref="Kept.Of"/>.</param>
    /// <param name="tell">Called one change after another, by the watcher's own task.</param>
    public Watch(
        ApiServer server,
        Watched what,
        bool isAudited,
        Action<Watch, Change> tell,
        TimeSpan lookAgain,
        TimeProvider time,
        Func<double> random,
        TextWriter log
    )
    {
        (What, this.isAudited) = (what, isAudited);
        Watcher = new Watcher(server, what.Versions[0], change => tell(this, Slim(change)), time, random)
        {
            Otherwise = [.. what.Versions.Skip(1)],
            LookAgain = lookAgain,
        };
        var fault = $"the watch of {what.Name} broke, please report; what reads it warns at most until the server is restarted";
        running = new Loop("watch", fault, time, log).Run(Follow, stop.Token);

        // taken up again after a fault: objects stay as fresh as they can be, although one of them may be missing
        async Task<TimeSpan?> Follow(CancellationToken ended)
        {
            try
            {
                await Watcher.Run(ended);
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

    public Watched What { get; }

    public Watcher Watcher { get; }

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
}
