using AdmissionGuard.Loops;

namespace AdmissionGuard.Files;

/// <summary>
/// Files that somebody else keeps, read anew when they change. They are read when they looked alike twice: what is still being written may be half a
/// thing, and valid.
/// What was refused is read again at every look, changed or not: it may have been a disk's fault, and time alone fixes some of it.
/// The same holds for what our own fault kept from being read; that is told once while it lasts, see <see cref="Loop"/>.
/// </summary>
internal sealed class FileFollower : IAsyncDisposable
{
    private readonly Func<string> look;
    private readonly Func<bool> read;
    private readonly CancellationTokenSource stop = new();
    private readonly Task polling;
    private string loaded;
    private string seen;
    private bool isRefused;
    private bool isDisposed;

    public FileFollower(FollowedFiles files, TimeProvider time, TextWriter log)
    {
        look = files.Look;
        read = files.Read;
        loaded = seen = files.LookedLike;
        var loop = new Loop("files", $"reading {files.What} broke, please report; what was read before stays in force", time, log);
        polling = loop.Run(LookAndWait, stop.Token, delay: files.Interval);

        Task<TimeSpan?> LookAndWait(CancellationToken _)
        {
            Look();
            return Task.FromResult<TimeSpan?>(files.Interval);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await stop.CancelAsync();
        await polling;
        stop.Dispose();
    }

    /// <summary>Looks once.</summary>
    internal void Look()
    {
        var now = look();
        var isStill = now == seen;
        seen = now;
        if (!isStill || (now == loaded && !isRefused))
            return;
        loaded = now;
        isRefused = true; // also where reading throws
        isRefused = !read();
    }
}
