using System.Threading.Channels;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Live;

/// <summary>
/// What a server knows of its cluster, kept up by watches. One task draws the picture and swaps it; whoever judges reads it once, and waits for
/// nobody.
/// Watched are our own kinds, the namespaces, and what the rules in force look up.
/// </summary>
internal sealed class LiveCluster : IAsyncDisposable
{
    /// <summary>Changes drawn before the picture is swapped: a long list shall not keep an older one up.</summary>
    private const int Batch = 1000;

    private readonly record struct Happening(Watch? Watch, Change Change);

    /// <param name="IsReady">All was loaded once.</param>
    private sealed record Seen(Cluster Cluster, PolicyStatus Policies, bool HasPolicies, bool IsReady, IReadOnlyList<Watch> Watches);

    private readonly IApiServer server;
    private readonly LivePolicies files;
    private readonly TextWriter log;
    private readonly Changes? changes;
    private readonly Channel<Happening> happenings = Channel.CreateUnbounded<Happening>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<Watched, Watch> watches = [];
    private readonly Picture picture;
    private readonly StatusWriter statuses;
    private readonly CancellationTokenSource stop = new();
    private readonly Task[] running;
    private PolicyStatus? reported;
    private bool isReady;
    private volatile Seen seen;

    /// <param name="files">Policies besides those of the cluster; disposed by the caller, later.</param>
    /// <param name="isAudited">Watch the kinds that rules judge as well, and remember what changes: see <see cref="Look"/>.</param>
    public LiveCluster(IApiServer server, LivePolicies files, TimeProvider time, TextWriter log, bool isAudited = false)
    {
        changes = isAudited ? new Changes() : null;
        this.server = server;
        this.files = files;
        this.log = TextWriter.Synchronized(log);
        files.Changed += FilesChanged; // before they are read: a change between would be lost
        picture = new Picture(files.Status, time);
        statuses = new StatusWriter(server, time, this.log);
        seen = See();
        running = [Draw(stop.Token), statuses.Run(stop.Token)];
    }

    /// <summary>Another picture is up; told by the task that draws it.</summary>
    public event EventHandler? Swapped;

    public Cluster Cluster => seen.Cluster;

    public PolicyStatus Policies => seen.Policies;

    public Standing Standing
    {
        get
        {
            var now = seen;
            return new Standing(now.IsReady, now.HasPolicies, [.. now.Watches.Select(w => (w.What.Name, w.State))]);
        }
    }

    /// <summary>
    /// The picture, and what became another one in it since it was last asked for; null while some of it is not known. For one reader alone.
    /// </summary>
    /// <param name="anew">The reader has seen nothing before.</param>
    public Looked? Look(bool anew) => changes!.Take(() => seen is { IsReady: true } now && now.Cluster.Incomplete.IsEmpty ? now.Cluster : null, anew);

    public async ValueTask DisposeAsync()
    {
        files.Changed -= FilesChanged;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        foreach (var watch in watches.Values)
            await watch.DisposeAsync();
        stop.Dispose();
    }

    private void FilesChanged(object? sender, EventArgs e) => happenings.Writer.TryWrite(default);

    private async Task Draw(CancellationToken ended)
    {
        await Task.Yield();
        foreach (var what in Watched.Always)
            Begin(what);
        Swap();
        try
        {
            while (await happenings.Reader.WaitToReadAsync(ended))
            {
                for (var i = 0; i < Batch && happenings.Reader.TryRead(out var happening); i++)
                    TakeSafely(happening);
                await SettleSafely();
                Swap();
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // the end of the server: the last picture stays up for what is under way
            Swap();
        }
    }

    /// <summary>Our own fault with one object must not end the drawing: its kind counts as incomplete from then on.</summary>
    private void TakeSafely(Happening happening)
    {
        try
        {
            Take(happening);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (happening.Watch is { } watch)
                watch.IsBroken = true;
            log.WriteLine(
                $"a change of {happening.Watch?.What.Name ?? "the policy files"} could not be taken in, please report; what reads it warns at "
                    + $"most until the server is restarted: {e}"
            );
        }
    }

    private void Take(Happening happening)
    {
        if (happening.Watch is not { } watch)
            picture.Take(files.Status);
        else if (watches.GetValueOrDefault(watch.What) != watch)
            return; // the last words of a watch that was ended
        else if (happening.Change.Type == ChangeType.Synced)
            watch.IsComplete = watch.IsLoaded = true;
        else if (happening.Change.Type == ChangeType.Lost)
            watch.IsComplete = false;
        else
        {
            changes?.Note(watch.What, happening.Change.Key);
            Tell(picture.Take(watch.What, happening.Change));
        }
    }

    private async Task SettleSafely()
    {
        try
        {
            await Settle();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            log.WriteLine($"the policies of the cluster could not be put together, please report; those before stay in force: {e}");
        }
    }

    private async Task Settle()
    {
        if (!picture.HasPolicies && watches.Values.Where(w => w.What.IsOurs).All(w => w.IsLoaded))
            Tell(picture.TakeAllPolicies());
        picture.Settle();
        Report(picture.Policies);
        if (picture.HasPolicies)
            await WatchWhatIsNeeded();
        picture.Lack([.. watches.Values.Where(w => !w.IsComplete || w.IsBroken).Select(w => w.What.Kind).OfType<Core.ObjectKind>()]);
        // a kind that only the audit asks for keeps no server from answering
        isReady |= picture.HasPolicies && watches.Values.All(w => w.IsLoaded || (w.What.Kind is { } kind && !picture.Needed.Contains(kind)));
    }

    private async Task WatchWhatIsNeeded()
    {
        var needed = (changes is null ? picture.Needed : picture.Needed.Union(picture.Judged)).Select(Watched.Of).Concat(Watched.Always).ToHashSet();
        foreach (var (what, watch) in watches.Where(w => !needed.Contains(w.Key)).ToArray())
        {
            watches.Remove(what);
            await watch.DisposeAsync();
            picture.Forget(what.Kind!);
        }
        foreach (var what in needed)
            Begin(what);
    }

    /// <summary>What changed, for whoever runs the server: once, however long it lasts.</summary>
    private void Report(PolicyStatus now)
    {
        if (!picture.HasPolicies)
            return;
        var names = now.Set.Policies.Select(p => p.Name).ToList();
        if (reported is null || !names.SequenceEqual(reported.Set.Policies.Select(p => p.Name), StringComparer.Ordinal))
            log.WriteLine($"policies in force: {(names.Count == 0 ? "none" : string.Join(", ", names))}");
        foreach (var error in now.Refused.Except(reported?.Refused ?? []))
            log.WriteLine(Core.Shown.Clean($"refused, the last version without errors stays in force: {error}"));
        reported = now;
    }

    private void Begin(Watched what)
    {
        if (watches.ContainsKey(what))
            return;
        watches[what] = new Watch(
            server,
            what,
            isAudited: changes is not null,
            (watch, change) => happenings.Writer.TryWrite(new Happening(watch, change)),
            log
        );
    }

    private void Tell(IEnumerable<ResourceStatus> told)
    {
        foreach (var status in told)
            statuses.Tell(status);
    }

    private Seen See() => new(picture.Cluster, picture.Policies, picture.HasPolicies, isReady, [.. watches.Values]);

    private void Swap()
    {
        if (changes is null)
            seen = See();
        else
            changes.Publish(() => seen = See());
        Swapped?.Invoke(this, EventArgs.Empty);
    }
}
