using System.Text.Json.Nodes;
using AdmissionGuard.Certificates;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Tests.Kubernetes;
using static AdmissionGuard.Certificates.RotationStep;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>The leader and the replicas over a store that behaves as an API server, time as a value.</summary>
public sealed partial class RotationTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = Judge.Now;
    private static readonly RotationPace Pace = RotationPace.Usual;

    private FakeApi api = null!;
    private ApiServer server = null!;

    public async ValueTask InitializeAsync()
    {
        api = await Installed.Start();
        server = api.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        server.Dispose();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task An_empty_cluster_has_a_certificate_after_one_look_and_everybody_trusts_it()
    {
        api.Put(Installed.Secret, """{"metadata":{"name":"admissionguard-certificates"}}"""); // as deploy/ installs it
        var replica = new Replica(server);
        await replica.Look(Now);
        Assert.StartsWith(
            "the Secret admissionguard/admissionguard-certificates holds no usable certificate",
            replica.Served.Unready,
            StringComparison.Ordinal
        );
        Assert.Equal([Begin, Publish], await replica.TendAll(Now));
        await replica.Look(Now);
        Assert.Null(replica.Served.Unready);
        Assert.Null(replica.Served.Error);
        Assert.All(api.Trusted, t => Assert.Equal([replica.Authority!], t));
        Assert.Equal((Now + Pace.Lifetime, Now + Pace.Lifetime), (replica.Served.ServingUntil, replica.Served.AuthorityUntil));
    }

    [Fact]
    public async Task Nothing_else_in_the_configurations_is_touched()
    {
        var before = api.Get(Installed.Validating)!;
        await new Replica(server).TendAll(Now);
        var after = api.Get(Installed.Validating)!;
        Assert.True(after["webhooks"]![0]!["clientConfig"]!.AsObject().Remove("caBundle"));
        foreach (var either in (JsonObject[])[before, after])
            either["metadata"]!.AsObject().Remove("resourceVersion");
        Assert.True(JsonNode.DeepEquals(before, after), after.ToJsonString());
    }

    [Fact]
    public async Task A_rotation_publishes_waits_switches_waits_and_retires()
    {
        var replica = new Replica(server);
        await replica.TendAll(Now);
        await replica.Look(Now);
        var old = replica.Authority!;
        var due = Now + (Pace.Lifetime * 2 / 3);
        Assert.Empty(await replica.TendAll(due.AddHours(-2)));

        Assert.Equal([Prepare, Publish], await replica.TendAll(due));
        await replica.Look(due);
        Assert.Equal(old, replica.Authority);
        Assert.All(api.Trusted, t => Assert.Equal(2, t.Count));
        Assert.Empty(await replica.TendAll(due + Pace.Settle - TimeSpan.FromSeconds(1)));
        Assert.Equal([Switch], await replica.TendAll(due + Pace.Settle));
        Assert.Equal(old, replica.Authority); // one swap behind, and still trusted
        await replica.Look(due + Pace.Settle);
        Assert.NotEqual(old, replica.Authority);
        Assert.All(api.Trusted, t => Assert.Contains(old, t));

        Assert.Empty(await replica.TendAll(due + Pace.Settle + Pace.Retire - TimeSpan.FromSeconds(1)));
        Assert.Equal([Retire], await replica.TendAll(due + Pace.Settle + Pace.Retire));
        Assert.All(api.Trusted, t => Assert.Equal([replica.Authority!], t));
        Assert.Empty(await replica.TendAll(due + Pace.Settle + (Pace.Retire * 2)));
    }

    [Fact]
    public async Task A_caBundle_that_loses_the_next_authority_begins_the_wait_anew()
    {
        var replica = await InTheMiddle();
        api.Edit(Installed.Mutating, c => c["webhooks"]![0]!["clientConfig"]!["caBundle"] = "");
        Assert.Equal([Publish], await replica.TendAll(Now.AddMinutes(4)));
        Assert.Empty(await replica.TendAll(Now.AddMinutes(6)));
        Assert.Equal([Switch], await replica.TendAll(Now.AddMinutes(9.5)));
    }

    [Fact]
    public async Task A_new_leader_begins_the_wait_anew()
    {
        await InTheMiddle();
        var other = new Replica(server);
        Assert.Empty(await other.TendAll(Now.AddHours(1)));
        Assert.Equal([Switch], await other.TendAll(Now.AddHours(1) + Pace.Settle));
    }

    [Fact]
    public async Task Where_everything_has_expired_nobody_is_waited_for()
    {
        await new Replica(server).TendAll(Now);
        var later = Now + Pace.Lifetime;
        var replica = new Replica(server);
        Assert.Equal([Begin, Publish], await replica.TendAll(later));
        await replica.Look(later);
        Assert.Null(replica.Served.Unready);
        Assert.All(api.Trusted, t => Assert.Equal([replica.Authority!], t));
    }

    [Fact]
    public async Task A_hurry_waits_three_looks_a_step_and_ends()
    {
        var replica = new Replica(server);
        await replica.TendAll(Now);
        await server.Merge(CertificateSecret.Ask(Installed.Service, urgent: true, Now), FakeApi.Stop);
        Assert.Equal([Prepare, Publish], await replica.TendAll(Now));
        Assert.Equal([Switch], await replica.TendAll(Now.AddSeconds(30)));
        Assert.Equal([Retire, Calm], await replica.TendAll(Now.AddSeconds(60)));
        Assert.DoesNotContain("rotate", api.Get(Installed.Secret)!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_configuration_it_serves_and_is_ready_and_one_that_comes_is_filled()
    {
        api.Delete(Installed.Validating);
        api.Delete(Installed.Mutating);
        var replica = new Replica(server);
        Assert.Equal([Begin], await replica.TendAll(Now));
        await replica.Look(Now);
        Assert.Null(replica.Served.Unready);
        api.Install();
        Assert.Equal([Publish], await replica.TendAll(Now));
        Assert.All(api.Trusted, t => Assert.Equal([replica.Authority!], t));
    }

    [Fact]
    public async Task A_replica_is_not_ready_before_it_is_trusted_and_stays_ready_after()
    {
        var replica = new Replica(server);
        Assert.Equal(Begin, await replica.Tend(Now));
        await replica.Look(Now);
        Assert.Equal("a caBundle lacks the authority of the certificate that is served", replica.Served.Unready);
        await replica.TendAll(Now);
        await replica.Look(Now);
        Assert.Null(replica.Served.Unready);
        api.Edit(Installed.Mutating, c => c["webhooks"]![0]!["clientConfig"]!["caBundle"] = "");
        await replica.Look(Now);
        Assert.Null(replica.Served.Unready);
        Assert.Equal("a caBundle lacks the authority of the certificate that is served", replica.Served.Error);
    }

    [Fact]
    public async Task Replicas_that_begin_at_once_end_with_one_authority()
    {
        var replicas = Enumerable.Range(0, 5).Select(_ => new Replica(server)).ToArray();
        // all tend, as if the lease kept nobody out: the store alone decides
        await Task.WhenAll(replicas.Select(r => Task.Run(() => TendThrough(r, Now), FakeApi.Stop)));
        foreach (var replica in replicas)
            await replica.Look(Now);
        Assert.Single(replicas.Select(r => r.Authority).Distinct());
        Assert.Single(api.Writes, w => w.EndsWith("certificates", StringComparison.Ordinal));
        Assert.All(api.Trusted, t => Assert.Contains(replicas[0].Authority!, t));
    }

    private async Task<Replica> InTheMiddle()
    {
        var replica = new Replica(server);
        await replica.TendAll(Now);
        await server.Merge(CertificateSecret.Ask(Installed.Service, urgent: false, Now), FakeApi.Stop);
        Assert.Equal([Prepare, Publish], await replica.TendAll(Now));
        return replica;
    }

    internal static async Task TendThrough(Replica replica, DateTimeOffset now)
    {
        for (var conflicts = 0; conflicts < 50; conflicts++)
        {
            try
            {
                await replica.TendAll(now);
                return;
            }
            catch (ApiException e) when (e.IsConflict)
            {
                // somebody else was faster: look again
            }
        }
        Assert.Fail("conflicts without end");
    }
}
