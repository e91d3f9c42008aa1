using System.Globalization;
using System.Threading.Channels;
using AdmissionGuard.Kubernetes;
using static AdmissionGuard.Tests.Kubernetes.FakeApi;

namespace AdmissionGuard.Tests.Kubernetes;

public sealed class LeaseTests
{
    /// <summary>With half of the jitter; no other timer of the lease has this length.</summary>
    private static readonly TimeSpan Pause = ApiLimits.LeaseRetry * 1.1;

    private const string Leases = "apis/coordination.k8s.io/v1/leases";

    private const string Stored = "/apis/coordination.k8s.io/v1/namespaces/ns/leases/guard";

    [Fact]
    public async Task The_first_leads_and_the_second_waits_until_nothing_was_renewed_for_the_duration()
    {
        await using var fake = await Storing();
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
        firstTime.Advance(ApiLimits.LeaseRenewal);
        Assert.False(first.IsLeading);
        secondTime.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await Try(second));
        Assert.False(await Try(first));
        var spec = fake.Get(Stored)!["spec"]!;
        Assert.Equal(("second", 1), ((string?)spec["holderIdentity"], (int)spec["leaseTransitions"]!));
    }

    [Fact]
    public async Task Two_that_take_an_abandoned_lease_at_once_do_not_both_get_it()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var fake = await Storing();
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
        await using var fake = await Storing();
        var time = new FakeTime();
        using var api = fake.Connect();
        var lease = Contender(api, "first", time);
        var led = Channel.CreateUnbounded<bool>();
        var failures = Channel.CreateUnbounded<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var run = lease.Run(Lead, f => failures.Writer.TryWrite(f), stop.Token);
        Assert.True(await led.Reader.ReadAsync(Stop));
        await time.Pass(Pause);
        await Server.RunningServer.Until(() => fake.Writes.Count == 2); // the first renewal
        fake.Fail(Leases);
        for (var passed = 0; passed < 5; passed++)
        {
            await time.Pass(Pause);
            if (passed < 4)
                Assert.Contains("(500)", await failures.Reader.ReadAsync(Stop), StringComparison.Ordinal);
        }
        Assert.False(await led.Reader.ReadAsync(Stop));
        fake.Mend(Leases);
        await time.Pass(Pause);
        Assert.True(await led.Reader.ReadAsync(Stop));
        await stop.CancelAsync();
        await run;
        Assert.False(await led.Reader.ReadAsync(Stop));
        Assert.Equal("", (string?)fake.Get(Stored)!["spec"]!["holderIdentity"]);
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
        await using var fake = await Storing();
        using var api = fake.Connect();
        var contender = Contender(api, "first", new FakeTime());
        fake.Put(Stored, """{"metadata":{"name":"guard","namespace":"ns","labels":{"a":"b"}},"spec":{"holderIdentity":""}}""");
        Assert.True(await Try(contender));
        var lease = fake.Get(Stored)!;
        Assert.Equal("b", (string?)lease["metadata"]!["labels"]!["a"]);
        // a MicroTime, which the API server takes with a fraction alone
        Assert.Equal("2026-11-21T12:00:00.000001Z", (string?)lease["spec"]!["renewTime"]);
    }

    private static Lease Contender(ApiServer api, string identity, TimeProvider time) =>
        new(api, new ItemName("ns", "guard"), identity, time, () => 0.5);

    private static Task<bool> Try(Lease lease) => lease.Try(_ => { }, Stop);
}
