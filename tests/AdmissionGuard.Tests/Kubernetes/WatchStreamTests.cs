using System.Net;
using AdmissionGuard.Kubernetes;
using static AdmissionGuard.Tests.Kubernetes.FakeApi;

namespace AdmissionGuard.Tests.Kubernetes;

public sealed class WatchStreamTests
{
    private static readonly Resource Things = new("example.com", "v1", "things");

    [Fact]
    public async Task Events_come_whole_however_the_bytes_do()
    {
        var text =
            Event("ADDED", Item("one", "1", $",\"text\":\"{new string('x', 100_000)}\""))
            + "\n"
            + Event("MODIFIED", Item("one", "2"))
            + Event("DELETED", Item("one", "3"))
            + Event("BOOKMARK", Item("", "9"));
        await using var fake = await Start(Pieces([.. text.Chunk(7_001).Select(c => new string(c))]));
        var (events, failure) = await Read(fake);
        Assert.Null(failure);
        Assert.Equal(
            [(WatchEventType.Added, "1"), (WatchEventType.Modified, "2"), (WatchEventType.Deleted, "3"), (WatchEventType.Bookmark, "9")],
            events
        );
        Assert.Equal("/apis/example.com/v1/things?watch=true&allowWatchBookmarks=true&resourceVersion=0&timeoutSeconds=300", fake.Requests.Single());
    }

    [Fact]
    public async Task Half_a_line_at_the_end_is_no_event()
    {
        await using var fake = await Start(Pieces(Event("ADDED", Item("one", "1")), """{"type":"ADDED","object":{"meta"""));
        var (events, failure) = await Read(fake);
        Assert.Null(failure);
        Assert.Single(events);
    }

    [Fact]
    public async Task A_dropped_connection_is_told_after_what_came_before()
    {
        await using var fake = await Start(Cut(Event("ADDED", Item("one", "1"))));
        var (_, failure) = await Read(fake);
        Assert.Equal(ApiException.Unreachable, failure!.Reason);
    }

    [Theory]
    [InlineData(410, "Expired", true)]
    [InlineData(410, "Gone", true)]
    [InlineData(500, "InternalError", false)]
    public async Task An_error_event_has_its_status(int code, string reason, bool gone)
    {
        await using var fake = await Start(Pieces(Event("ERROR", $$"""{"kind":"Status","code":{{code}},"reason":"{{reason}}","message":"why"}""")));
        var (_, failure) = await Read(fake);
        Assert.Equal(((HttpStatusCode)code, reason, gone), (failure!.Status!.Value, failure.Reason, failure.IsGone));
        Assert.EndsWith($"watch of things.example.com: why ({code})", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("{\"type\":\"ADDED\"}\n")]
    [InlineData("{\"type\":\"NEWS\",\"object\":{}}\n")]
    [InlineData("[]\n")]
    public async Task A_line_that_is_no_event_is_told(string line)
    {
        await using var fake = await Start(Pieces(line));
        Assert.Equal(ApiException.Unreadable, (await Read(fake)).Failure!.Reason);
    }

    [Fact]
    public async Task A_watch_that_the_server_does_not_end_is_given_up()
    {
        var time = new FakeTime();
        await using var fake = await Start();
        using var api = fake.Connect(time);
        await using var watch = await api.Watch(Things, "0", TimeSpan.FromMinutes(5), Stop);
        var next = watch.Next(Stop);
        await time.Pass(TimeSpan.FromSeconds(330));
        Assert.Equal(ApiException.Unreachable, (await Assert.ThrowsAsync<ApiException>(() => next)).Reason);
    }

    private static async Task<(List<(WatchEventType, string?)> Events, ApiException? Failure)> Read(FakeApi fake)
    {
        using var api = fake.Connect();
        var events = new List<(WatchEventType, string?)>();
        try
        {
            await using var watch = await api.Watch(Things, "0", TimeSpan.FromMinutes(5), Stop);
            while (await watch.Next(Stop) is { } next)
                events.Add((next.Type, next.ResourceVersion));
            return (events, null);
        }
        catch (ApiException e)
        {
            return (events, e);
        }
    }
}
