using AdmissionGuard.Certificates;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>Three replicas, each of which may lead, and a chance that decides what happens next.</summary>
internal sealed class RotationWalk(FakeApi api, IApiServer server, Random random)
{
    private static readonly TimeSpan BlindAtMost = TimeSpan.FromMinutes(30);

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
                case 8 when api.Get(Installed.Secret) is not null:
                    Tell("asked");
                    await server.Merge(CertificateSecret.Ask(Installed.Service, urgent: false, now), FakeApi.Stop);
                    break;
                case 9:
                    Tell("the Secret is spoilt");
                    if (random.Next(4) == 0)
                        api.Delete(Installed.Secret);
                    else
                        api.Edit(Installed.Secret, s => s["data"]![random.Next(2) == 0 ? "tls.key" : "next-tls.crt"] = "eA==");
                    break;
                case 10:
                    await Rest(TimeSpan.FromDays(10));
                    break;
                default:
                    await Pass(
                        TimeSpan.FromSeconds(
                            random.Next(4) switch
                            {
                                0 => 5,
                                1 => 70,
                                2 => 330,
                                _ => 1000,
                            }
                        )
                    );
                    break;
            }
            Check();
        }
        // and it comes to rest
        for (var i = 0; i < 4; i++)
            await Rest(TimeSpan.FromHours(2));
        if (api.Get(Installed.Validating) is null)
            api.Install();
        for (var i = 0; i < 2; i++)
            await Rest(TimeSpan.FromHours(2));
        Assert.All(replicas, r => Assert.True(r.Served.Unready is null && r.Served.Error is null, Told(r.Served.Error)));
        Assert.All(api.Trusted, t => Assert.Equal([replicas[0].Authority!], t));
        Assert.Single(replicas.Select(r => r.Authority).Distinct());
    }

    private async Task Tend(int at, bool? crash = null)
    {
        int? Once(string method, string path)
        {
            api.Before = (_, _) => null;
            api.After = (_, _) => null;
            return 500;
        }
        if (crash == true)
            api.After = Once;
        if (crash == false)
            api.Before = Once;
        try
        {
            Tell($"leader {at}: {await replicas[at].Tend(now)}");
        }
        catch (ApiException e)
        {
            Tell($"leader {at} crashes: {e.Status}");
            replicas[at] = new Replica(server);
        }
        api.Before = (_, _) => null;
        api.After = (_, _) => null;
    }

    private async Task Look(int at)
    {
        var (before, wasReady) = (replicas[at].Authority, replicas[at].Served.Unready is null);
        await replicas[at].Look(now);
        looked[at] = now;
        Tell($"replica {at} looks");
        if (!wasReady || !wasFilled || before is null || replicas[at].Authority == before)
            return;
        var aMinuteAgo = shown.FindLastIndex(s => s.At <= now.AddMinutes(-1));
        Assert.All(shown.Skip(aMinuteAgo), s =>
            Assert.All(s.Trusted, t => Assert.True(t.Contains(replicas[at].Authority!), Told("swapped too early")))
        );
    }

    /// <summary>In the meantime replicas look, unless they cannot for a while.</summary>
    private async Task Pass(TimeSpan time)
    {
        now += time;
        Tell($"{time} pass");
        for (var at = 0; at < replicas.Length; at++)
        {
            if (random.Next(3) > 0 || now - looked[at] > BlindAtMost - TimeSpan.FromMinutes(17))
                await Look(at);
        }
    }

    /// <summary>A quiet time: the leader gets to its end, and everybody sees it.</summary>
    private async Task Rest(TimeSpan time)
    {
        foreach (var pause in (TimeSpan[])[TimeSpan.Zero, RotationPace.Usual.Settle, RotationPace.Usual.Settle, time])
        {
            now += pause;
            for (var at = 0; at < replicas.Length; at++)
                await Look(at);
            Check();
            await replicas[0].TendAll(now);
            Check();
            for (var at = 0; at < replicas.Length; at++)
                await Look(at);
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
        if (!wasFilled)
            return;
        foreach (var replica in replicas.Where(r => r.Authority is not null && r.Served.Unready is null))
        {
            Assert.True(replica.Served.ServingUntil > now, Told("expired"));
            Assert.All(trusted, t => Assert.True(t.Contains(replica.Authority!), Told($"{replica.Authority!.Name} is not trusted")));
        }
    }

    private void Tell(string line) => story.Add($"{now:yyyy-MM-dd HH:mm:ss} {line}");

    private string Told(string? what) => $"{what}\n{string.Join('\n', story.TakeLast(40))}";
}
