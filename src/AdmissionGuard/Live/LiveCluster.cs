using System.Threading.Channels;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Loops;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Live;

/// <summary>
/// What a server knows of its cluster, kept up by watches. One task builds snapshots and publishes them; whoever judges reads it once, and waits for
/// nobody.
/// Watched are our own kinds, the namespaces, and what the rules in force look up.
/// </summary>
internal sealed class LiveCluster : IAsyncDisposable
{
    /// <summary>Changes taken in before a snapshot is published: a long list must not keep an older one in use.</summary>
    private const int Batch = 1000;

    private readonly record struct IncomingChange(Watch? Watch, Change Change);

    /// <param name="IsReady">All was loaded once.</param>
    private sealed record Published(Cluster Cluster, PolicyStatus Policies, bool HasPolicies, bool IsReady, IReadOnlyList<Watch> Watches);

    private readonly IApiServer server;
    private readonly LivePolicies files;
    private readonly LiveOptions options;
    private readonly TextWriter log;
    private readonly ChangeTracker? changes;
    private readonly Channel<IncomingChange> incoming = Channel.CreateUnbounded<IncomingChange>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<WatchedKind, Watch> watches = [];
    private readonly ClusterBuilder builder;
    private readonly StatusWriter statuses;
    private readonly CancellationTokenSource stop = new();
    private readonly Task[] running;
    private PolicyStatus? reported;
    private readonly MeshFollower mesh;
    private bool isReady;
    private bool isSettled = true;
    private volatile Published published;

    /// <param name="files">Policies besides those of the cluster; disposed by the caller, later.</param>
    public LiveCluster(IApiServer server, LivePolicies files, LiveOptions options)
    {
        changes = options.IsAudited ? new ChangeTracker() : null;
        this.server = server;
        this.files = files;
        log = TextWriter.Synchronized(options.Log);
        this.options = options with { Log = log };
        files.Changed += FilesChanged; // before they are read: a change between would be lost
        builder = new ClusterBuilder(files.Status, options.Time);
        statuses = new StatusWriter(server, options.Time, log);
        published = Publish();
        mesh = new MeshFollower(server, () => published.Policies.Set.Settings, () => incoming.Writer.TryWrite(default), this.options);
        running =
        [
            Vital.Run("the building of the cluster's snapshot", Build(stop.Token), stop.Token),
            Vital.Run("the writing of statuses", statuses.Run(stop.Token), stop.Token),
            Vital.Run("the following of Istio's configuration", mesh.Run(stop.Token), stop.Token),
        ];
    }

    /// <summary>Another snapshot is published; told by the task that builds it.</summary>
    public event EventHandler? Swapped;

    public Cluster Cluster => published.Cluster;

    public PolicyStatus Policies => published.Policies;

    public LiveState State
    {
        get
        {
            var now = published;
            return new LiveState(now.IsReady, now.HasPolicies, [.. now.Watches.Select(w => (w.What.Name, w.State))]);
        }
    }

    /// <summary>
    /// The snapshot, and what changed in it since it was last asked for; null while some of it is not known. For one reader alone.
    /// </summary>
    /// <param name="anew">The reader has seen nothing before.</param>
    public ChangedCluster? Look(bool anew) =>
        changes!.Take(() => published is { IsReady: true } now && now.Cluster.Incomplete.IsEmpty ? now.Cluster : null, anew);

    public async ValueTask DisposeAsync()
    {
        files.Changed -= FilesChanged;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        foreach (var watch in watches.Values)
            await watch.DisposeAsync();
        stop.Dispose();
    }

    private void FilesChanged(object? sender, EventArgs e) => incoming.Writer.TryWrite(default);

    private async Task Build(CancellationToken ended)
    {
        await Task.Yield();
        foreach (var what in WatchedKind.Always)
            Begin(what);
        Swap();
        const string Failed = "the cluster's policies could not be put together, please report; those before stay in force";
        await new Loop("cluster", Failed, options.Time, log).Run(BuildNext, ended);
        Swap(); // the last snapshot stays for what is under way
    }

    private async Task<TimeSpan?> BuildNext(CancellationToken ended)
    {
        if (isSettled)
            await incoming.Reader.WaitToReadAsync(ended);
        for (var i = 0; i < Batch && incoming.Reader.TryRead(out var change); i++)
            TakeSafely(change);
        isSettled = false;
        try
        {
            await Settle();
            isSettled = true;
        }
        finally
        {
            Swap();
        }
        return TimeSpan.Zero;
    }

    /// <summary>Our own fault with one object must not end the building: its kind counts as incomplete from then on.</summary>
    private void TakeSafely(IncomingChange change)
    {
        try
        {
            Take(change);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (change.Watch is { } watch)
                watch.IsBroken = true;
            log.WriteLine(
                $"a change of {change.Watch?.What.Name ?? "the policy files"} could not be taken in, please report; what reads it warns at "
                    + $"most until the server is restarted: {e}"
            );
        }
    }

    private void Take(IncomingChange change)
    {
        if (change.Watch is not { } watch)
        {
            builder.Take(files.Status);
            builder.Take(mesh.Last);
        }
        else if (watches.GetValueOrDefault(watch.What) != watch)
            return; // the last words of a watch that was ended
        else if (change.Change.Type == ChangeType.Synced)
            watch.IsComplete = watch.IsLoaded = true;
        else if (change.Change.Type == ChangeType.Lost)
            watch.IsComplete = false;
        else
        {
            changes?.Note(watch.What, change.Change.Key);
            Tell(builder.Take(watch.What, change.Change));
        }
    }

    private async Task Settle()
    {
        if (!builder.HasPolicies && watches.Values.Where(w => w.What.IsOurs).All(w => w.IsLoaded))
            Tell(builder.TakeAllPolicies());
        builder.Settle();
        Report(builder.Policies);
        if (builder.HasPolicies)
            await WatchWhatIsNeeded();
        builder.MarkIncomplete([.. watches.Values.Where(w => !w.IsComplete || w.IsBroken).Select(w => w.What.Kind).OfType<Core.Terms.ObjectKind>()]);
        // a kind that only the audit asks for keeps no server from answering
        isReady |= builder.HasPolicies && watches.Values.All(w => w.IsLoaded || (w.What.Kind is { } kind && !builder.KindsLookedUp.Contains(kind)));
    }

    private async Task WatchWhatIsNeeded()
    {
        var needed = (changes is null ? builder.KindsLookedUp : builder.KindsLookedUp.Union(builder.KindsJudged))
            .Select(WatchedKind.Of)
            .Concat(WatchedKind.Always)
            .ToHashSet();
        foreach (var (what, watch) in watches.Where(w => !needed.Contains(w.Key)).ToArray())
        {
            watches.Remove(what);
            await watch.DisposeAsync();
            builder.Forget(what.Kind!);
        }
        foreach (var what in needed)
            Begin(what);
    }

    /// <summary>What changed, for whoever runs the server: once, however long it lasts.</summary>
    private void Report(PolicyStatus now)
    {
        if (!builder.HasPolicies)
            return;
        var names = now.Set.Policies.Select(p => p.Name).ToList();
        if (reported is null || !names.SequenceEqual(reported.Set.Policies.Select(p => p.Name), StringComparer.Ordinal))
            log.WriteLine($"policies in force: {(names.Count == 0 ? "none" : string.Join(", ", names))}");
        foreach (var error in now.Refused.Except(reported?.Refused ?? []))
            log.WriteLine(Core.Json.Shown.Clean($"refused, the last version without errors stays in force: {error}"));
        foreach (var notice in now.Set.Notices.Except(reported?.Set.Notices ?? []))
            log.WriteLine(Core.Json.Shown.Clean(notice.ToString()));
        reported = now;
    }

    private void Begin(WatchedKind what)
    {
        if (watches.ContainsKey(what))
            return;
        watches[what] = new Watch(server, what, options, (watch, change) => incoming.Writer.TryWrite(new IncomingChange(watch, change)));
    }

    private void Tell(IEnumerable<ResourceStatus> told)
    {
        foreach (var status in told)
            statuses.Tell(status);
    }

    private Published Publish() => new(builder.Cluster, builder.Policies, builder.HasPolicies, isReady, [.. watches.Values]);

    private void Swap()
    {
        if (changes is null)
            published = Publish();
        else
            changes.Publish(() => published = Publish());
        Swapped?.Invoke(this, EventArgs.Empty);
    }
}
