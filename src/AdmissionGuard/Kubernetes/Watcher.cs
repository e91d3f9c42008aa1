using System.Net;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// Lists a resource, then watches it for ever, and tells what changed, one change after another. A watch that ends is taken up where it was; one that
/// is too old (410) is listed again, and what vanished meanwhile is told as deleted. A resource that is not served counts as synced and is looked for
/// again. The library's Watcher does none of this, and its edition for Native AOT has none.
/// </summary>
/// <param name="versions">Of the same resource, tried in this order where the first is not served.</param>
internal sealed class Watcher(ApiServer server, IReadOnlyList<Resource> versions, Action<Change> tell, TimeProvider time, Func<double> random)
{
    private readonly Backoff backoff = new(random);
    private readonly Dictionary<ItemName, string> known = [];
    private int tried;
    private string? version;
    private WatchState state = WatchState.NotYet;

    /// <summary>How often a resource without CustomResourceDefinition is looked for.</summary>
    public TimeSpan LookAgain { get; init; } = ApiLimits.LookAgain;

    /// <summary>Told of each new state, before the change that says so.</summary>
    public Action<WatchState> Stated { get; init; } = _ => { };

    /// <summary>Runs until it is told to stop, which is no failure. What <paramref name="tell"/> throws ends it.</summary>
    public async Task Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var pause = TimeSpan.Zero;
            try
            {
                if (version is null)
                    await List(stop);
                if (!await Watch(stop))
                    pause = backoff.Next();
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                version = null;
                if (NextVersion())
                    continue;
                Absent();
                pause = LookAgain;
            }
            catch (ApiException e) when (e.IsGone && version is not null)
            {
                version = null;
                pause = backoff.Next();
            }
            catch (ApiException e)
            {
                // an answer that is an error may be about our resourceVersion, as after a restore of etcd; a broken connection is not
                if (e.Reason != ApiException.Unreachable && e.Reason != ApiException.Credentials && e.Status != HttpStatusCode.TooManyRequests)
                    version = null;
                Lose(e.Message);
                pause = backoff.Next(e.RetryAfter);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task List(CancellationToken stop)
    {
        var gone = new HashSet<ItemName>(known.Keys);
        var listed = await server.ListEach(
            versions[tried],
            item =>
            {
                gone.Remove(ItemName.Of(item));
                Take(item);
            },
            stop
        );
        foreach (var key in gone)
            Drop(key, default);
        version = listed;
        Found();
    }

    /// <summary>A version stays until it is not served. False where the last was tried, and the next time begins with the first.</summary>
    private bool NextVersion()
    {
        tried = (tried + 1) % versions.Count;
        return tried > 0;
    }

    /// <summary>False where the server ended it at once.</summary>
    private async Task<bool> Watch(CancellationToken stop)
    {
        var began = time.GetTimestamp();
        await using var stream = await server.Watch(versions[tried], version!, ApiLimits.Watch * (1 + (random() / 2)), stop);
        Found();
        var told = false;
        while (await stream.Next(stop) is { } next)
        {
            told = true;
            backoff.Reset();
            if (next.Type == WatchEventType.Deleted)
                Drop(ItemName.Of(next.Object), next.Object);
            else if (next.Type != WatchEventType.Bookmark)
                Take(next.Object);
            version = next.ResourceVersion ?? version;
        }
        return told || time.GetElapsedTime(began) >= ApiLimits.ShortWatch;
    }

    private void Take(Node item)
    {
        var key = ItemName.Of(item);
        var itemVersion = item["metadata"u8]["resourceVersion"u8].Text ?? "";
        if (known.TryGetValue(key, out var held) && held == itemVersion)
            return;
        known[key] = itemVersion;
        tell(new Change(ChangeType.Changed, key, item));
    }

    private void Drop(ItemName key, Node last)
    {
        if (known.Remove(key))
            tell(new Change(ChangeType.Deleted, key, last));
    }

    private void Found()
    {
        var before = state;
        State(new WatchState(Synced: true, Served: true, LostSince: null, Reason: null));
        if (!before.Synced || before.LostSince is not null || !before.Served)
            tell(Change.Synced);
    }

    private void Absent()
    {
        backoff.Reset();
        foreach (var key in known.Keys.ToArray())
            Drop(key, default);
        var before = state;
        State(new WatchState(Synced: true, Served: false, null, $"{versions[0]} is not served, looked for every {LookAgain.TotalSeconds:0} s"));
        if (!before.Synced || before.LostSince is not null)
            tell(Change.Synced);
    }

    private void Lose(string why)
    {
        var before = state;
        State(before with { LostSince = before.LostSince ?? time.GetUtcNow(), Reason = why });
        if (before.Synced && before.LostSince is null)
            tell(Change.Lost);
    }

    private void State(WatchState next)
    {
        state = next;
        Stated(next);
    }
}
