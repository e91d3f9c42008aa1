using System.Text.Json.Nodes;
using AdmissionGuard.Certificates;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Tests.Kubernetes;
using static AdmissionGuard.Certificates.RotationStep;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>What others write into the Secret and the configurations.</summary>
public sealed partial class RotationTests
{
    [Fact]
    public async Task A_Secret_of_cert_manager_is_not_touched()
    {
        api.Put(Installed.Secret, """{"metadata":{"annotations":{"cert-manager.io/certificate-name":"admissionguard"}},"data":{"tls.crt":"eA=="}}""");
        var replica = new Replica(server);
        Assert.Empty(await replica.TendAll(Now));
        await replica.Look(Now);
        Assert.Empty(api.Writes);
        Assert.Equal("the Secret admissionguard/admissionguard-certificates is cert-manager's: mount it and say --cert-dir", replica.Served.Unready);
    }

    [Fact]
    public async Task A_configuration_that_cert_manager_injects_into_is_not_touched()
    {
        api.Edit(Installed.Mutating, c => c["metadata"]!["annotations"] = new JsonObject { ["cert-manager.io/inject-ca-from"] = "a/b" });
        await new Replica(server).TendAll(Now);
        Assert.DoesNotContain(api.Writes, w => w.Contains("mutating", StringComparison.Ordinal));
        Assert.Contains(api.Writes, w => w.Contains("validating", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_edit_at_the_same_time_is_not_lost()
    {
        var replica = new Replica(server);
        await replica.Tend(Now);
        api.Before = (method, path) =>
        {
            api.Before = (_, _) => null;
            api.Edit(Installed.Validating, c => c["webhooks"]![0]!["timeoutSeconds"] = 3);
            return null;
        };
        Assert.True((await Assert.ThrowsAsync<ApiException>(() => replica.Tend(Now))).IsConflict);
        await replica.TendAll(Now);
        Assert.Equal(3, (int)api.Get(Installed.Validating)!["webhooks"]![0]!["timeoutSeconds"]!);
        Assert.All(api.Trusted, t => Assert.Single(t));
    }

    [Fact]
    public async Task A_Secret_from_a_backup_is_served_only_when_it_is_trusted()
    {
        var replica = new Replica(server);
        await replica.TendAll(Now);
        await replica.Look(Now);
        var before = replica.Authority!;
        var restored = ServingCertificate.Make(Now.AddDays(-3), Installed.Service.DnsNames, [], Pace.Lifetime);
        foreach (
            var (name, text) in ((string, string)[])
                [("ca.crt", restored.AuthorityPem), ("tls.crt", restored.CertificatePem), ("tls.key", restored.KeyPem)]
        )
        {
            api.Edit(Installed.Secret, s => s["data"]![name] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)));
        }
        await replica.Look(Now);
        Assert.Equal(before, replica.Authority);
        Assert.Equal([Publish], await replica.TendAll(Now));
        await replica.Look(Now);
        Assert.NotEqual(before, replica.Authority);
        Assert.All(api.Trusted, t => Assert.Equal([replica.Authority!, before], t));
    }
}
