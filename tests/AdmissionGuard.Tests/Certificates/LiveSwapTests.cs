using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Certificates;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Server;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>The real server over TLS while its certificate changes: clients trust what the caBundle says, as it was when they last looked.</summary>
public sealed class LiveSwapTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_replicas_rotate_three_times_under_requests_and_none_fails()
    {
        await using var api = await Installed.Start();
        using var server = api.Connect();
        var replicas = new[] { new Replica(server), new Replica(server) };
        var now = DateTimeOffset.UtcNow.AddHours(-8); // clients go by the real time, and three rotations take six hours
        await replicas[0].TendAll(now);
        foreach (var replica in replicas)
            await replica.Look(now);
        await using var one = Serve(replicas[0].Served);
        await using var other = Serve(replicas[1].Served);
        await one.Start();
        await other.Start();
        Assert.Equal("ok\n", await Ask(one, api.Trusted[0]));

        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var asked = 0;
        var kept = Client(api.Trusted[0]); // a connection that stands through all of it
        async Task AskOn(WebhookServer of)
        {
            var trusted = api.Trusted[0];
            while (!over.IsCancellationRequested)
            {
                Assert.Equal("ok\n", await Ask(of, trusted)); // by what was published before the last request
                trusted = api.Trusted[0];
                Assert.Equal("ok\n", await kept.GetStringAsync(new Uri(one.Address, "/healthz"), Stop));
                Interlocked.Increment(ref asked);
            }
        }
        var clients = ((WebhookServer[])[one, other, one, other]).Select(s => Task.Run(() => AskOn(s), Stop)).ToArray();
        var served = new HashSet<Authority?>();
        for (var rotation = 0; rotation < 3; rotation++)
        {
            await server.Merge(CertificateSecret.Ask(Installed.Service, urgent: false, now), Stop);
            foreach (var pause in (TimeSpan[])[TimeSpan.Zero, RotationPace.Usual.Settle, RotationPace.Usual.Retire, RotationPace.Usual.Retire])
            {
                now += pause;
                foreach (var replica in replicas)
                {
                    await replica.TendAll(now);
                    await Answered(10); // the other one is a swap behind meanwhile
                    await replica.Look(now);
                    served.Add(replica.Authority);
                    await Answered(10);
                }
            }
        }
        await over.CancelAsync();
        await Task.WhenAll(clients);
        kept.Dispose();
        Assert.Equal(4, served.Count);
        Assert.Single(api.Trusted[0]);

        async Task Answered(int more)
        {
            var until = Volatile.Read(ref asked) + more;
            while (Volatile.Read(ref asked) < until && !Array.Exists(clients, c => c.IsCompleted))
                await Task.Yield();
        }
    }

    [Fact]
    public async Task Without_a_certificate_it_lives_and_is_not_ready_and_nobody_trusts_it()
    {
        var served = ServedCertificate.StandIn(DateTimeOffset.UtcNow);
        await using var server = Serve(served);
        await server.Start();
        using var careless = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null,
                },
            }
        );
        Assert.Equal("ok\n", await careless.GetStringAsync(new Uri(server.Address, "/healthz"), Stop)); // as the kubelet asks
        var ready = await careless.GetAsync(new Uri(server.Address, "/readyz"), Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("not ready: no certificate yet\n", await ready.Content.ReadAsStringAsync(Stop));
        Assert.DoesNotContain("expiry", await careless.GetStringAsync(new Uri(server.Address, "/metrics"), Stop), StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => Ask(server, []));
    }

    [Fact]
    public async Task Both_expiries_and_the_fault_are_told()
    {
        await using var api = await Installed.Start();
        using var connection = api.Connect();
        var replica = new Replica(connection);
        var now = DateTimeOffset.UtcNow;
        await replica.TendAll(now);
        await replica.Look(now);
        await using var server = Serve(replica.Served);
        await server.Start();
        using var client = Client(api.Trusted[0]);
        var metrics = await client.GetStringAsync(new Uri(server.Address, "/metrics"), Stop);
        var until = (now + RotationPace.Usual.Lifetime).ToUnixTimeSeconds();
        Assert.Contains(
            $"# TYPE admissionguard_certificate_expiry_timestamp_seconds "
                + $"gauge\nadmissionguard_certificate_expiry_timestamp_seconds{{certificate=\"ca\"}} {until}\n"
                + $"admissionguard_certificate_expiry_timestamp_seconds{{certificate=\"serving\"}} {until}\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains("admissionguard_certificate_error 0\n", metrics, StringComparison.Ordinal);

        api.Edit(Installed.Mutating, c => c["webhooks"]![0]!["clientConfig"]!["caBundle"] = "");
        await replica.Look(now);
        Assert.Contains(
            "admissionguard_certificate_error 1\n",
            await client.GetStringAsync(new Uri(server.Address, "/metrics"), Stop),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "[-]certificate: a caBundle lacks the authority",
            await client.GetStringAsync(new Uri(server.Address, "/readyz?verbose"), Stop),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_process_of_its_own_leads_and_serves_until_it_is_told_to_stop()
    {
        await using var api = await Installed.Start();
        using var connection = api.Connect();
        var served = new[] { ServedCertificate.StandIn(DateTimeOffset.UtcNow), ServedCertificate.StandIn(DateTimeOffset.UtcNow) };
        var pace = RotationPace.Of(TimeSpan.FromSeconds(1));
        var options = served
            .Select(_ => new ClusterCertificateOptions
            {
                Service = Installed.Service,
                Tokens = new PathTokens(),
                Pace = pace,
                Time = TimeProvider.System,
                Log = TextWriter.Null,
            })
            .ToArray();
        var running = served.Select((s, at) => ClusterCertificates.Start(connection, s, options[at])).ToArray();
        await Server.RunningServer.Until(() => served.All(s => s.Unready is null && s.Error is null));
        await Server.RunningServer.Until(() =>
            Installed.TokenOf(api) is { } token && Installed.PathsOf(api).All(p => p.EndsWith(token, StringComparison.Ordinal))
        );
        // one of the certificate, one of the token
        Assert.Equal(2, api.Writes.Count(w => w.EndsWith("secrets/admissionguard-certificates", StringComparison.Ordinal)));
        await Server.RunningServer.Until(() => options.All(o => o.Tokens.Holds(Installed.TokenOf(api))));
        foreach (var each in running)
            await each.DisposeAsync();
        Assert.Equal(
            "",
            (string?)api.Get("/apis/coordination.k8s.io/v1/namespaces/admissionguard/leases/admissionguard")!["spec"]!["holderIdentity"]
        );
    }

    private static WebhookServer Serve(ServedCertificate served) =>
        new(
            served,
            new ServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Judge = r => Verdict.Pass(r),
                Time = TimeProvider.System,
                Log = TextWriter.Null,
            }
        );

    /// <summary>Over a connection of its own.</summary>
    private static async Task<string> Ask(WebhookServer server, IReadOnlyList<Authority> trusted)
    {
        using var client = Client(trusted);
        return await client.GetStringAsync(new Uri(server.Address, "/healthz"), Stop);
    }

    private static HttpClient Client(IReadOnlyList<Authority> trusted)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        foreach (var authority in trusted)
            trust.CustomTrustStore.Add(X509Certificate2.CreateFromPem(authority.Pem));
        return new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions { TargetHost = Installed.Service.Host, CertificateChainPolicy = trust },
            }
        );
    }
}
