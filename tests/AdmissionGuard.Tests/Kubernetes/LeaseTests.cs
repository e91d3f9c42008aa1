using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using AdmissionGuard.Kubernetes;
using Microsoft.AspNetCore.Http;
using static AdmissionGuard.Tests.Kubernetes.FakeApi;

namespace AdmissionGuard.Tests.Kubernetes;

public sealed class LeaseTests
{
    /// <summary>With half of the jitter; no other timer of the lease has this length.</summary>
    private static readonly TimeSpan Pause = Lease.Retry * 1.1;

    private readonly Lock gate = new();
    private JsonNode? stored;
    private int version;
    private bool down;

    [Fact]
    public async Task The_first_leads_and_the_second_waits_until_nothing_was_renewed_for_the_duration()
    {
        await using var fake = await Always(Store);
        var (firstTime, secondTime) = (new FakeTime(), new FakeTime(Judge.Now.AddYears(10))); // clocks that differ change nothing
        using var api = fake.Connect();
        var (first, second) = (Contender(api, "first", firstTime), Contender(api, "second", secondTime));
        Assert.True(await Try(first));
        Assert.False(await Try(second));
        secondTime.Advance(TimeSpan.FromSeconds(14));
        Assert.True(await Try(first)); // a renewal: the second's wait begins again
        Assert.False(await Try(second));
        secondTime.Advance(TimeSpan.FromSeconds(14));
        Assert.False(await Try(second));
        firstTime.Advance(Lease.RenewDeadline);
        Assert.False(first.IsLeading);
        secondTime.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await Try(second));
        Assert.False(await Try(first));
        Assert.Equal(("second", 1), ((string?)stored!["spec"]!["holderIdentity"], (int)stored["spec"]!["leaseTransitions"]!));
    }

    [Fact]
    public async Task Two_that_take_an_abandoned_lease_at_once_do_not_both_get_it()
    {
        for (var round = 0; round < 20; round++)
        {
            stored = null;
            await using var fake = await Always(Store);
            var time = new FakeTime();
            using var api = fake.Connect();
            var contenders = Enumerable.Range(0, 4).Select(i => Contender(api, "c" + i.ToString(CultureInfo.InvariantCulture), time)).ToArray();
            var taken = await Task.WhenAll(contenders.Select(Try));
            Assert.InRange(taken.Count(t => t), 1, 1);
            Assert.Equal(1, contenders.Count(c => c.IsLeading));
        }
    }

    [Fact]
    public async Task A_leader_that_cannot_renew_stops_before_another_may_lead()
    {
        await using var fake = await Always(Store);
        var time = new FakeTime();
        using var api = fake.Connect();
        var lease = Contender(api, "first", time);
        var led = Channel.CreateUnbounded<bool>();
        var failures = Channel.CreateUnbounded<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var run = lease.Run(Lead, f => failures.Writer.TryWrite(f), stop.Token);
        Assert.True(await led.Reader.ReadAsync(Stop));
        await time.Pass(Pause);
        await Server.RunningServer.Until(() => Volatile.Read(ref version) == 2); // the first renewal
        down = true;
        for (var passed = 0; passed < 5; passed++)
        {
            await time.Pass(Pause);
            if (passed < 4)
                Assert.Contains("the store is away", await failures.Reader.ReadAsync(Stop), StringComparison.Ordinal);
        }
        Assert.False(await led.Reader.ReadAsync(Stop));
        down = false;
        await time.Pass(Pause);
        Assert.True(await led.Reader.ReadAsync(Stop));
        await stop.CancelAsync();
        await run;
        Assert.False(await led.Reader.ReadAsync(Stop));
        Assert.Equal("", (string?)stored!["spec"]!["holderIdentity"]);
        Assert.False(lease.IsLeading);

        async Task Lead(CancellationToken lost)
        {
            led.Writer.TryWrite(true);
            await Task.Delay(Timeout.Infinite, lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            led.Writer.TryWrite(false);
        }
    }

    [Fact]
    public async Task What_others_wrote_into_the_lease_stays()
    {
        await using var fake = await Always(Store);
        using var api = fake.Connect();
        var lease = Contender(api, "first", new FakeTime());
        stored = JsonNode.Parse(
            """{"metadata":{"name":"guard","namespace":"ns","resourceVersion":"0","labels":{"a":"b"}},"spec":{"holderIdentity":""}}"""
        );
        Assert.True(await Try(lease));
        Assert.Equal("b", (string?)stored!["metadata"]!["labels"]!["a"]);
    }

    private static Lease Contender(ApiServer api, string identity, TimeProvider time) => new(api, "ns", "guard", identity, time, () => 0.5);

    private static Task<bool> Try(Lease lease) => lease.Try(_ => { }, Stop);

    /// <summary>One lease, with the conflicts of an API server.</summary>
    private async Task Store(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(Stop);
        var (status, answer) = Change(context.Request.Method, text.Length == 0 ? null : JsonNode.Parse(text)!);
        context.Response.StatusCode = (int)status;
        await context.Response.WriteAsync(answer, Stop);
    }

    private (HttpStatusCode, string) Change(string method, JsonNode? body)
    {
        lock (gate)
        {
            if (down)
                return (HttpStatusCode.InternalServerError, "the store is away");
            if (method == "GET")
                return stored is null ? (HttpStatusCode.NotFound, "{}") : (HttpStatusCode.OK, stored.ToJsonString());
            if (method == "POST")
            {
                if (stored is not null)
                    return (HttpStatusCode.Conflict, "{}");
                stored = body!;
            }
            else
            {
                if ((string?)stored!["metadata"]!["resourceVersion"] != (string?)body!["metadata"]!["resourceVersion"])
                    return (HttpStatusCode.Conflict, "{}");
                foreach (var (key, value) in body["spec"]!.AsObject())
                    stored["spec"]![key] = value?.DeepClone();
            }
            stored["metadata"]!["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
            return (HttpStatusCode.OK, stored.ToJsonString());
        }
    }
}
