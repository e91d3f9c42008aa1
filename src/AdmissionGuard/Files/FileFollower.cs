namespace AdmissionGuard.Files;

/// <summary>
/// Files that somebody else keeps, read anew when they change. They are read when they looked alike twice: what is still being written may be half a
/// thing, and valid.
/// What was refused is read again at every look, changed or not: it may have been a disk's fault, and time alone mends some of it.
/// </summary>
internal sealed class FileFollower : IAsyncDisposable
{
    private readonly string what;
    private readonly Func<string> look;
    private readonly Func<bool> read;
    private readonly TextWriter log;
    private readonly CancellationTokenSource stop = new();
    private readonly Task polling;
    private string loaded;
    private string seen;
    private bool isRefused;
    private bool isDisposed;

    /// <param name="what">In words: <c>the policies</c>.</param>
    /// <param name="look">What the files look like, see <see cref="Fingerprint"/>.</param>
    /// <param name="lookedLike">What they looked like before they were read for the first time.</param>
    /// <param name="read">Reads them; false where they are refused, so that what was read before stays.</param>
    public FileFollower(string what, Func<string> look, string lookedLike, Func<bool> read, TimeSpan interval, TimeProvider time, TextWriter log)
    {
        (this.what, this.look, this.read, this.log) = (what, look, read, log);
        loaded = seen = lookedLike;
        polling = Poll(new PeriodicTimer(interval, time));
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await stop.CancelAsync();
        await polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        isRefused = !read();
    }

    private async Task Poll(PeriodicTimer timer)
    {
        using (timer)
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
                LookSafely();
        }
    }

    /// <summary>Our own fault must not end the following of files without a word.</summary>
    private void LookSafely()
    {
        try
        {
            Look();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            log.WriteLine($"reading {what} broke, please report; what was read before stays in force: {e}");
        }
    }
}
