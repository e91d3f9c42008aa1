using System.Text.Json.Nodes;
using AdmissionGuard.Certificates;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>
/// Years of rotations with everything that can go wrong, one law: what a replica serves, however long it has not looked, is trusted by every caBundle; and it leaves what is
/// trusted only for what was trusted a minute ago: an API server may be that far behind.
/// </summary>
public sealed class RotationWalkTests
{
    private static readonly TimeSpan BlindAtMost = TimeSpan.FromMinutes(30);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_happens_every_replica_serves_what_is_trusted(int seed)
    {
        await using var api = await StoreApi.Start(configurations: seed % 3 != 0);
        using var server = api.Connect();
        await new Walk(api, server, new Random(seed)).Run(steps: 120);
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
            await using var api = await StoreApi.Start();
            using var server = api.Connect();
            var writes = 0;
            int? Crash(string method, string path) => ++writes == crashAt ? 500 : null;
            if (written) api.After = Crash;
            else api.Before = Crash;
            var replica = new Replica(server);
            var now = Judge.Now;
            var leader = new Replica(server);
            foreach (var pause in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromDays(60), TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(62), TimeSpan.FromMinutes(62)])
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
    [InlineData("tls.crt", 7)]
    [InlineData("tls.key", "not base64")]
    [InlineData("tls.key", "another's")]
    [InlineData("tls.crt", "expired")]
    [InlineData("tls.crt", "other name")]
    public async Task A_broken_Secret_is_replaced_and_nobody_who_serves_notices(string entry, object content)
    {
        await using var api = await StoreApi.Start();
        using var server = api.Connect();
        var now = Judge.Now;
        var (replica, late) = (new Replica(server), new Replica(server));
        await replica.TendAll(now);
        await replica.Look(now);
        var before = replica.Authority;
        api.Edit(StoreApi.Secret, s => Break(s["data"]!.AsObject(), entry, content, now));

        await replica.Look(now);
        await late.Look(now);
        Assert.StartsWith("the Secret admissionguard/admissionguard-certificates holds no usable certificate: ", replica.Served.Error, StringComparison.Ordinal);
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
        var expired = ServingCertificate.Make(now.AddDays(-9), StoreApi.Service.DnsNames, [], TimeSpan.FromDays(8));
        var foreign = ServingCertificate.Make(now, ["example.com"], []);
        void Put(ServingCertificate pair)
        {
            foreach (var (name, text) in ((string, string)[])[("ca.crt", pair.AuthorityPem), ("tls.crt", pair.CertificatePem), ("tls.key", pair.KeyPem)])
            {
                data[name] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
            }
        }
        if (content is "expired") Put(expired);
        else if (content is "other name") Put(foreign);
        else if (content is "another's") data[entry] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(foreign.KeyPem));
        else data[entry] = content is int number ? number : (string)content;
    }

    private static void AssertTrusted(StoreApi api, params Replica[] replicas)
    {
        foreach (var authority in replicas.Select(r => r.Authority).OfType<Authority>()) Assert.All(api.Trusted, t => Assert.Contains(authority, t));
    }

    private sealed class Walk(StoreApi api, ApiServer server, Random random)
    {
        private readonly Replica[] replicas = [new(server), new(server), new(server)];
        private readonly DateTimeOffset[] looked = [Judge.Now, Judge.Now, Judge.Now];
        private readonly List<string> story = [];
        private readonly List<(DateTimeOffset At, IReadOnlyList<IReadOnlyList<Authority>> Trusted)> shown = [];
        private DateTimeOffset now = Judge.Now;
        private bool wasFilled;

        public async Task Run(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                var at = random.Next(replicas.Length);
                switch (random.Next(14))
                {
                    case 0 or 1 or 2 or 3:
                        await Tend(at);
                        break;
                    case 4 or 5:
                        await Look(at);
                        break;
                    case 6:
                        await Tend(at, crash: random.Next(2) == 0);
                        break;
                    case 7:
                        Tell($"replica {at} restarts");
                        replicas[at] = new Replica(server);
                        break;
                    case 8 when api.Get(StoreApi.Secret) is not null:
                        Tell("asked");
                        await server.Merge(CertificateSecret.Secrets, "admissionguard", "admissionguard-certificates", CertificateSecret.Ask(urgent: false, now), StoreApi.Stop);
                        break;
                    case 9:
                        Tell("the Secret is spoilt");
                        if (random.Next(4) == 0) api.Delete(StoreApi.Secret);
                        else api.Edit(StoreApi.Secret, s => s["data"]![random.Next(2) == 0 ? "tls.key" : "next-tls.crt"] = "eA==");
                        break;
                    case 10:
                        await Rest(TimeSpan.FromDays(10));
                        break;
                    default:
                        await Pass(TimeSpan.FromSeconds(random.Next(4) switch { 0 => 5, 1 => 70, 2 => 330, _ => 1000 }));
                        break;
                }
                Check();
            }
            // and it comes to rest
            for (var i = 0; i < 4; i++) await Rest(TimeSpan.FromHours(2));
            if (api.Get(StoreApi.Validating) is null) api.Install();
            for (var i = 0; i < 2; i++) await Rest(TimeSpan.FromHours(2));
            Assert.All(replicas, r => Assert.True(r.Served.Unready is null && r.Served.Error is null, Told(r.Served.Error)));
            Assert.All(api.Trusted, t => Assert.Equal([replicas[0].Authority!], t));
            Assert.Single(replicas.Select(r => r.Authority).Distinct());
        }

        private async Task Tend(int at, bool? crash = null)
        {
            int? Once(string method, string path)
            {
                (api.Before, api.After) = ((_, _) => null, (_, _) => null);
                return 500;
            }
            if (crash == true) api.After = Once;
            if (crash == false) api.Before = Once;
            try
            {
                Tell($"leader {at}: {await replicas[at].Tend(now)}");
            }
            catch (ApiException e)
            {
                Tell($"leader {at} crashes: {e.Status}");
                replicas[at] = new Replica(server);
            }
            (api.Before, api.After) = ((_, _) => null, (_, _) => null);
        }

        private async Task Look(int at)
        {
            var (before, wasReady) = (replicas[at].Authority, replicas[at].Served.Unready is null);
            await replicas[at].Look(now);
            looked[at] = now;
            Tell($"replica {at} looks");
            if (!wasReady || !wasFilled || before is null || replicas[at].Authority == before) return;
            var aMinuteAgo = shown.FindLastIndex(s => s.At <= now.AddMinutes(-1));
            Assert.All(shown.Skip(aMinuteAgo), s => Assert.All(s.Trusted, t => Assert.True(t.Contains(replicas[at].Authority!), Told("swapped too early"))));
        }

        /// <summary>In the meantime replicas look, unless they cannot for a while.</summary>
        private async Task Pass(TimeSpan time)
        {
            now += time;
            Tell($"{time} pass");
            for (var at = 0; at < replicas.Length; at++)
            {
                if (random.Next(3) > 0 || now - looked[at] > BlindAtMost - TimeSpan.FromMinutes(17)) await Look(at);
            }
        }

        /// <summary>A quiet time: the leader gets to its end, and everybody sees it.</summary>
        private async Task Rest(TimeSpan time)
        {
            foreach (var pause in (TimeSpan[])[TimeSpan.Zero, RotationPace.Usual.Settle, RotationPace.Usual.Settle, time])
            {
                now += pause;
                for (var at = 0; at < replicas.Length; at++) await Look(at);
                Check();
                await replicas[0].TendAll(now);
                Check();
                for (var at = 0; at < replicas.Length; at++) await Look(at);
                Check();
            }
            Tell("rested");
        }

        private void Check()
        {
            var trusted = api.Trusted;
            shown.Add((now, trusted));
            // before anybody was trusted there is nothing to lose
            wasFilled |= trusted.Count > 0 && trusted.All(t => t.Count > 0);
            if (!wasFilled) return;
            foreach (var replica in replicas.Where(r => r.Authority is not null && r.Served.Unready is null))
            {
                Assert.True(replica.Served.ServingUntil > now, Told("expired"));
                Assert.All(trusted, t => Assert.True(t.Contains(replica.Authority!), Told($"{replica.Authority!.Name} is not trusted")));
            }
        }

        private void Tell(string line) => story.Add($"{now:yyyy-MM-dd HH:mm:ss} {line}");

        private string Told(string? what) => $"{what}\n{string.Join('\n', story.TakeLast(40))}";
    }
}
