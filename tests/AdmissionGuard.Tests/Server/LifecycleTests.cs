using System.Net;
using AdmissionGuard.Certificates;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Files;
using AdmissionGuard.Server;
using AdmissionGuard.Tests.Kubernetes;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

/// <summary>From ready over unready to the end.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task Draining_is_unready_at_once_while_requests_still_work_and_then_it_stops()
    {
        var time = new FakeTime();
        await using var server = await RunningServer.Start(time: time);
        var client = server.Client();
        Assert.Equal("ok\n", await client.GetStringAsync("/readyz", Stop));

        var stopping = server.Server.Stop(TimeSpan.FromSeconds(5), Stop);
        var ready = await client.GetAsync("/readyz", Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("draining\n", await ready.Content.ReadAsStringAsync(Stop));
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz", Stop));
        Assert.False((bool)(await Response(await server.Client().PostAsync("/validate", Body(Review(Bad)), Stop)))["allowed"]!);
        Assert.False(stopping.IsCompleted);

        await Until(() => time.Waiting > 0);
        time.RingAll();
        await stopping;
        await Assert.ThrowsAsync<HttpRequestException>(() => server.Client().GetAsync("/healthz", Stop));
    }

    [Fact]
    public async Task Who_is_in_a_hurry_ends_the_drain()
    {
        await using var server = await RunningServer.Start(time: new FakeTime());
        using var hurry = new CancellationTokenSource();
        var stopping = server.Server.Stop(TimeSpan.FromHours(1), hurry.Token);
        Assert.False(stopping.IsCompleted);
        await hurry.CancelAsync();
        await stopping;
    }

    [Fact]
    public async Task A_request_under_way_is_answered_before_the_end()
    {
        using var judging = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        await using var server = await RunningServer.Start(judge: review =>
        {
            judging.Set();
            go.Wait(Stop);
            return Verdict.Pass(review);
        });
        var asked = server.Client().PostAsync("/validate", Body(Review(Bad)), Stop);
        await Until(() => judging.IsSet);
        var stopping = server.Server.Stop(TimeSpan.Zero, Stop);
        go.Set();
        Assert.True((bool)(await Response(await asked))["allowed"]!);
        await stopping;
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_line()
    {
        await using var first = await RunningServer.Start();
        using var certificate = ServingCertificate.Make(DateTimeOffset.UtcNow, ["localhost"], []).Load();
        await using var second = new WebhookServer(
            new ServedCertificate(certificate),
            new ServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, first.Server.Address.Port),
                Judge = r => Verdict.Pass(r),
                Time = TimeProvider.System,
                Log = TextWriter.Null,
            }
        );
        var error = await Assert.ThrowsAsync<InputException>(second.Start);
        Assert.Equal($"cannot listen on 127.0.0.1:{first.Server.Address.Port}: the address is in use", error.Message);
    }

    [Fact]
    public async Task Listens_on_the_loopback_of_IPv6()
    {
        using var certificate = ServingCertificate.Make(DateTimeOffset.UtcNow, ["localhost"], [IPAddress.IPv6Loopback]).Load();
        await using var server = new WebhookServer(
            new ServedCertificate(certificate),
            new ServerOptions
            {
                Listen = new IPEndPoint(IPAddress.IPv6Loopback, 0),
                Judge = r => Verdict.Pass(r),
                Time = TimeProvider.System,
                Log = TextWriter.Null,
            }
        );
        await server.Start();
        Assert.Equal("[::1]", server.Address.Host);
        Assert.NotEqual(0, server.Address.Port);
    }
}
