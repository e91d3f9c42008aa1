using AdmissionGuard.Core;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Policies;

/// <summary>Where the policies of a server stand.</summary>
/// <param name="LoadedAt">When those in force were read.</param>
/// <param name="Refused">Why what the files hold now is not in force; nothing where it is.</param>
internal sealed record PolicyStatus(PolicySet Set, DateTimeOffset LoadedAt, IReadOnlyList<ManifestError> Refused);

/// <summary>
/// Policies that follow their files. A set with an error changes nothing: the last good one stays in force, because a typing error must not leave a cluster unguarded.
/// Exceptions end by the time of each review, so nothing has to be read again for that.
/// </summary>
internal sealed class LivePolicies : IAsyncDisposable
{
    /// <summary>Files are read when they looked alike twice: what an editor is still writing may be half a policy, and valid. So a change takes about two seconds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Func<PolicySet> read;
    private readonly Func<string> look;
    private readonly TimeProvider time;
    private readonly TextWriter log;
    private readonly CancellationTokenSource stop = new();
    private readonly Task polling;
    private volatile PolicyStatus status;
    private string loaded;
    private string seen;
    private bool isDisposed;

    /// <param name="first">A set without errors, read after <paramref name="lookedLike"/> was taken.</param>
    public LivePolicies(PolicySet first, string lookedLike, Func<PolicySet> read, Func<string> look, TimeProvider time, TextWriter log)
    {
        (this.read, this.look, this.time, this.log) = (read, look, time, log);
        loaded = seen = lookedLike;
        status = new PolicyStatus(first, time.GetUtcNow(), []);
        polling = Poll(new PeriodicTimer(Interval, time));
    }

    /// <summary>The status is another; told where the files are looked at.</summary>
    public event EventHandler? Changed;

    public PolicyStatus Status => status;

    /// <summary>One immutable snapshot: whoever reads it once has policies, exceptions and settings that belong together.</summary>
    public Cluster Cluster => status.Set.Cluster;

    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
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
        // what was refused is read again and again: it may have been a disk's fault, and time alone mends an exception that was too long
        if (!isStill || (now == loaded && status.Refused.Count == 0)) return;
        loaded = now;
        var set = read();
        if (set.Errors.Count > 0)
        {
            Refuse(set.Errors);
            return;
        }
        status = new PolicyStatus(set, time.GetUtcNow(), []);
        log.WriteLine($"policies read again: {string.Join(", ", set.Policies.Select(p => p.Name))}");
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Said once, however long it lasts.</summary>
    private void Refuse(IReadOnlyList<ManifestError> errors)
    {
        var isNews = !errors.SequenceEqual(status.Refused);
        status = status with { Refused = errors };
        if (!isNews) return;
        foreach (var error in errors) log.WriteLine(Shown.Clean(error.ToString()));
        log.WriteLine("policies refused, the last good ones stay in force");
        Changed?.Invoke(this, EventArgs.Empty);
    }

    private async Task Poll(PeriodicTimer timer)
    {
        using (timer)
        {
            while (await timer.WaitForNextTickAsync(stop.Token)) LookSafely();
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
            log.WriteLine($"reading the policies broke, please report; the last good ones stay in force: {e}");
        }
    }
}
