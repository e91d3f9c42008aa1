using System.Text.Json.Nodes;
using AdmissionGuard.Certificates;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>
/// Years of rotations with everything that can go wrong, one law: what a replica serves, however long it has not looked, is trusted by every
/// caBundle; and it leaves what is
/// trusted only for what was trusted a minute ago: an API server may be that far behind.
/// </summary>
public sealed class RotationWalkTests
{
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_happens_every_replica_serves_what_is_trusted(int seed)
    {
        await using var api = await Installed.Start(configurations: seed % 3 != 0);
        using var server = api.Connect();
        await new RotationWalk(api, server, new Random(seed)).Run(steps: 120);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 6)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_at_any_write_is_taken_up_by_the_next_leader(bool written)
    {
        // before the first write, after it, before the second ...: each with a fresh leader that knows nothing
        for (var crashAt = 1; crashAt <= 8; crashAt++)
        {
            await using var api = await Installed.Start();
            using var server = api.Connect();
            var writes = 0;
            int? Crash(string method, string path) => ++writes == crashAt ? 500 : null;
            if (written)
                api.After = Crash;
            else
                api.Before = Crash;
            var replica = new Replica(server);
            var now = Judge.Now;
            var leader = new Replica(server);
            foreach (
                var pause in (TimeSpan[])
                    [TimeSpan.Zero, TimeSpan.FromDays(60), TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(62), TimeSpan.FromMinutes(62)]
            )
            {
                now += pause;
                try
                {
                    await leader.TendAll(now);
                }
                catch (ApiException)
                {
                    leader = new Replica(server);
                    await leader.TendAll(now);
                    await leader.TendAll(now += RotationPace.Usual.Settle);
                }
                AssertTrusted(api, replica);
                await replica.Look(now);
                AssertTrusted(api, replica);
            }
            await leader.TendAll(now += TimeSpan.FromHours(2));
            Assert.All(api.Trusted, t => Assert.Equal([replica.Authority!], t));
            Assert.True(replica.Served.ServingUntil > Judge.Now + TimeSpan.FromDays(100), $"not rotated, crash at {crashAt}");
            Assert.Null(replica.Served.Error);
        }
    }

    /// <summary>What no program of ours would write.</summary>
    [Theory]
    [InlineData("tls.key", "eA==")]
    [InlineData("tls.crt", "eA==")]
    [InlineData("ca.crt", "eA==")]
    [InlineData("ca.crt", "")]
    [InlineData("tls.key", "/v8=")] // not text; what is not base64 no API server stores
    [InlineData("tls.key", "another's")]
    [InlineData("tls.crt", "expired")]
    [InlineData("tls.crt", "other name")]
    public async Task A_broken_Secret_is_replaced_and_nobody_who_serves_notices(string entry, object content)
    {
        await using var api = await Installed.Start();
        using var server = api.Connect();
        var now = Judge.Now;
        var (replica, late) = (new Replica(server), new Replica(server));
        await replica.TendAll(now);
        await replica.Look(now);
        var before = replica.Authority;
        api.Edit(Installed.Secret, s => Break(s["data"]!.AsObject(), entry, content, now));

        await replica.Look(now);
        await late.Look(now);
        Assert.StartsWith(
            "the Secret admissionguard/admissionguard-certificates holds no usable certificate: ",
            replica.Served.Error,
            StringComparison.Ordinal
        );
        Assert.Null(replica.Served.Unready);
        Assert.NotNull(late.Served.Unready);
        Assert.Equal([RotationStep.Prepare, RotationStep.Publish], await replica.TendAll(now));
        await late.Look(now); // nothing of its own to serve: the next one, which is published, is better than none
        Assert.Null(late.Served.Unready);
        await replica.Look(now);
        Assert.Equal(before, replica.Authority);
        AssertTrusted(api, replica, late);
        await replica.TendAll(now += RotationPace.Usual.Settle);
        AssertTrusted(api, replica, late);
        await replica.Look(now);
        await late.Look(now);
        Assert.Equal(late.Authority, replica.Authority);
        Assert.NotEqual(before, replica.Authority);
        Assert.Null(replica.Served.Error);
        AssertTrusted(api, replica, late);
    }

    private static void Break(JsonObject data, string entry, object content, DateTimeOffset now)
    {
        var expired = ServingCertificate.Make(now.AddDays(-9), Installed.Service.DnsNames, [], TimeSpan.FromDays(8));
        var foreign = ServingCertificate.Make(now, ["example.com"], []);
        void Put(ServingCertificate pair)
        {
            foreach (
                var (name, text) in ((string, string)[])[("ca.crt", pair.AuthorityPem), ("tls.crt", pair.CertificatePem), ("tls.key", pair.KeyPem)]
            )
            {
                data[name] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
            }
        }
        if (content is "expired")
            Put(expired);
        else if (content is "other name")
            Put(foreign);
        else if (content is "another's")
            data[entry] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(foreign.KeyPem));
        else
            data[entry] = content is int number ? number : (string)content;
    }

    private static void AssertTrusted(FakeApi api, params Replica[] replicas)
    {
        foreach (var authority in replicas.Select(r => r.Authority).OfType<Authority>())
            Assert.All(api.Trusted, t => Assert.Contains(authority, t));
    }
}
