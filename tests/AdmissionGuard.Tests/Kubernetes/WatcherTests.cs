using System.Threading.Channels;
using AdmissionGuard.Kubernetes;
using static AdmissionGuard.Tests.Kubernetes.FakeApi;

namespace AdmissionGuard.Tests.Kubernetes;

public sealed class WatcherTests
{
    private static readonly Resource Things = new("example.com", "v1", "things");
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task What_is_there_is_told_then_that_this_is_all_then_what_changes()
    {
        await using var fake = await Start(
            Body(Page("5", "", Item("one", "1"), Item("two", "2"))),
            Pieces(Event("MODIFIED", Item("one", "6")), Event("DELETED", Item("two", "7")), Event("ADDED", Item("three", "8")))
        );
        await using var running = new Running(fake);
        Assert.Equal(["+one", "+two", "synced", "+one", "-two", "+three"], await running.Take(6));
        Assert.Equal(new WatchState(Synced: true, Served: true, LostSince: null, Reason: null), running.State);
    }

    [Fact]
    public async Task A_bookmark_moves_where_the_next_watch_begins_and_nothing_is_told_twice()
    {
        await using var fake = await Start(
            Body(Page("5", "", Item("one", "1"))),
            Pieces(Event("BOOKMARK", Item("", "40"))),
            Pieces(Event("ADDED", Item("one", "1")), Event("ADDED", Item("two", "41")))
        );
        await using var running = new Running(fake);
        Assert.Equal(["+one", "synced", "+two"], await running.Take(3));
        Assert.Contains("resourceVersion=5&", fake.Requests.ElementAt(1), StringComparison.Ordinal);
        Assert.Contains("resourceVersion=40&", fake.Requests.ElementAt(2), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Too_old_a_version_is_listed_again_and_what_vanished_is_told(bool asEvent)
    {
        var gone = """{"kind":"Status","code":410,"reason":"Expired","message":"too old"}""";
        await using var fake = await Start(
            Body(Page("5", "", Item("one", "1"), Item("two", "2"))),
            asEvent ? Pieces(Event("ERROR", gone)) : Body(gone, 410),
            Body(Page("90", "", Item("two", "2"), Item("three", "80")))
        );
        await using var running = new Running(fake);
        Assert.Equal(["+one", "+two", "synced"], await running.Take(3));
        await running.Time.Pass(ApiLimits.FirstBackoff);
        Assert.Equal(["+three", "-one"], await running.Take(2));
        Assert.Null(running.State.LostSince);
    }

    [Fact]
    public async Task A_resource_that_is_not_served_counts_as_synced_and_is_looked_for_again()
    {
        await using var fake = await Start(
            Status(404, "NotFound", "the server could not find the requested resource"),
            Status(404, "NotFound", "the server could not find the requested resource"),
            Body(Page("5", "", Item("one", "1"))),
            Status(404, "NotFound", "its definition was deleted")
        );
        await using var running = new Running(fake);
        Assert.Equal(["synced"], await running.Take(1));
        Assert.Equal((true, false), (running.State.Synced, running.State.Served));
        await running.Time.Pass(LookAgain);
        await running.Time.Pass(LookAgain);
        Assert.Equal(["+one", "synced", "-one"], await running.Take(3));
    }

    [Fact]
    public async Task Failures_are_told_once_with_longer_pauses_and_the_watch_goes_on_where_it_was()
    {
        await using var fake = await Start(
            Body(Page("5", "", Item("one", "1"))),
            Cut(Event("MODIFIED", Item("one", "6"))),
            Cut(),
            Cut(),
            Pieces(Event("MODIFIED", Item("one", "7")))
        );
        await using var running = new Running(fake);
        Assert.Equal(["+one", "synced"], await running.Take(2));
        var next = await running.Take(1);
        if (next[0] == "+one")
            next = await running.Take(1); // else the cut overtook the event, and the next watch tells it
        Assert.Equal(["lost"], next);
        Assert.Equal(Judge.Now, running.State.LostSince);
        Assert.NotNull(running.State.Reason);
        await running.Time.Pass(TimeSpan.FromSeconds(0.5));
        await running.Time.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(Judge.Now, running.State.LostSince);
        await running.Time.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(["synced", "+one"], await running.Take(2));
        Assert.Null(running.State.LostSince);
        Assert.Equal(1, fake.Requests.Count(r => !r.Contains("watch", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_fails_from_the_start_leaves_it_unsynced_with_the_reason()
    {
        await using var fake = await Start(Status(500, "InternalError", "etcd is away"), Body(Page("5", "")));
        await using var running = new Running(fake);
        await running.Time.Pass(TimeSpan.FromSeconds(0.5));
        Assert.Equal(["synced"], await running.Take(1));
    }

    [Fact]
    public async Task A_server_that_ends_every_watch_at_once_is_asked_more_and_more_rarely()
    {
        await using var fake = await Start(Body(Page("5", "")), Pieces(), Pieces(), Pieces());
        await using var running = new Running(fake);
        await running.Time.Pass(TimeSpan.FromSeconds(0.5));
        await running.Time.Pass(TimeSpan.FromSeconds(1));
        await running.Time.Pass(TimeSpan.FromSeconds(2));
        Assert.Null(running.State.LostSince);
    }

    [Fact]
    public void Pauses_double_up_to_thirty_seconds_with_full_jitter()
    {
        var backoff = new Backoff(() => 1);
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], Enumerable.Range(0, 8).Select(_ => backoff.Next().TotalSeconds));
        backoff.Reset();
        Assert.Equal(0.5, backoff.Next().TotalSeconds);
        Assert.Equal(TimeSpan.Zero, new Backoff(() => 0).Next());
        Assert.Equal(TimeSpan.FromSeconds(9), new Backoff(() => 0).Next(TimeSpan.FromSeconds(9)));
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly Channel<string> told = Channel.CreateUnbounded<string>();
        private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        private readonly ApiServer api;
        private readonly Task run;

        public Running(FakeApi fake)
        {
            api = fake.Connect(Time);
            var watcher = new Watcher(api, [Things], c => told.Writer.TryWrite(Text(c)), Time, () => 1)
            {
                LookAgain = LookAgain,
                Stated = s => State = s,
            };
            run = watcher.Run(stop.Token);
        }

        public FakeTime Time { get; } = new();

        public WatchState State { get; private set; } = WatchState.NotYet;

        public async Task<string[]> Take(int count)
        {
            var taken = new string[count];
            for (var i = 0; i < count; i++)
                taken[i] = await told.Reader.ReadAsync(Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Stop);
            return taken;
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await run;
            api.Dispose();
            stop.Dispose();
        }

        private static string Text(Change change) =>
            change.Type switch
            {
                ChangeType.Changed => "+" + change.Key.Name,
                ChangeType.Deleted => "-" + change.Key.Name,
                ChangeType.Lost => "lost",
                _ => "synced",
            };
    }
}
