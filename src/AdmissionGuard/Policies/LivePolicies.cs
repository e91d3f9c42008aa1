using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;

namespace AdmissionGuard.Policies;

/// <summary>Where the policies of a server stand.</summary>
/// <param name="LoadedAt">When those in force were read.</param>
/// <param name="Refused">Why what the files hold now is not in force; nothing where it is.</param>
internal sealed record PolicyStatus(PolicySet Set, DateTimeOffset LoadedAt, IReadOnlyList<ManifestError> Refused);

/// <summary>
/// Policies that follow their files. A set with an error changes nothing: the last good one stays in force, because a typing error must not leave a
/// cluster unguarded.
/// Exceptions end by the time of each review, so nothing has to be read again for that.
/// </summary>
internal sealed class LivePolicies : IAsyncDisposable
{
    /// <summary>A change takes about two of them.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Func<PolicySet> read;
    private readonly TimeProvider time;
    private readonly TextWriter log;
    private readonly FileFollower files;
    private volatile PolicyStatus status;

    /// <param name="first">A set without errors, read after <see cref="PolicySource.LookedLike"/> was taken.</param>
    public LivePolicies(PolicySet first, PolicySource source, TimeProvider time, TextWriter log)
    {
        read = source.Read;
        this.time = time;
        this.log = log;
        status = new PolicyStatus(first, time.GetUtcNow(), []);
        files = new FileFollower(
            new FollowedFiles
            {
                What = "the policies",
                Look = source.Look,
                LookedLike = source.LookedLike,
                Read = Read,
                Interval = Interval,
            },
            time,
            log
        );
    }

    /// <summary>The status is another; told where the files are looked at.</summary>
    public event EventHandler? Changed;

    public PolicyStatus Status => status;

    /// <summary>One immutable snapshot: whoever reads it once has policies, exceptions and settings that belong together.</summary>
    public Cluster Cluster => status.Set.Cluster;

    public ValueTask DisposeAsync() => files.DisposeAsync();

    /// <summary>Looks once.</summary>
    internal void Look() => files.Look();

    private bool Read()
    {
        var set = read();
        if (set.Errors.Count > 0)
        {
            Refuse(set.Errors);
            return false;
        }
        status = new PolicyStatus(set, time.GetUtcNow(), []);
        foreach (var notice in set.Notices)
            log.WriteLine(Shown.Clean(notice.ToString()));
        log.WriteLine($"policies read again: {string.Join(", ", set.Policies.Select(p => p.Name))}");
        Changed?.Invoke(this, EventArgs.Empty);
        return true;
    }

    /// <summary>Said once, however long it lasts.</summary>
    private void Refuse(IReadOnlyList<ManifestError> errors)
    {
        var isNews = !errors.SequenceEqual(status.Refused);
        status = status with { Refused = errors };
        if (!isNews)
            return;
        foreach (var error in errors)
            log.WriteLine(Shown.Clean(error.ToString()));
        log.WriteLine("policies refused, the last good ones stay in force");
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
