using System.Net;
using AdmissionGuard.Certificates;
using AdmissionGuard.Tests.Certificates;

namespace AdmissionGuard.Tests.Commands;

public sealed class CertsTests : CommandLine
{
    [Fact]
    public async Task Make_writes_a_pair_that_show_calls_well_and_keeps_it_the_second_time()
    {
        var made = await Run(["certs", "make", "--dir", At("c"), "--name", "guard.example.com", "--name", "192.0.2.7"]);
        Assert.Equal(0, made.Status);
        Assert.Equal($"made {At("c")}/ca.crt, tls.crt and tls.key\n", made.Error);
        var show = await Run(["certs", "show", "--dir", At("c")]);
        Assert.Equal((0, made.Out), (show.Status, show.Out));
        var lines = show.Out.Split('\n');
        Assert.Equal("all is well", lines[0]);
        Assert.Matches("^  serving      localhost: 36[45] days left, until [0-9-]+ [0-9:]+Z$", lines[1]);
        Assert.Equal("               for localhost, admissionguard.admissionguard.svc, guard.example.com, 127.0.0.1, ::1, 192.0.2.7", lines[2]);
        Assert.Matches("^               signed by AdmissionGuard CA [0-9a-f]{8}$", lines[3]);
        Assert.Matches("^  authority    AdmissionGuard CA [0-9a-f]{8}: 36[45] days left, until ", lines[4]);
        Assert.Equal(
            "the one that is there is still good, nothing was written\n",
            (await Run(["certs", "make", "--dir", At("c"), "--name", "guard.example.com"])).Error
        );
    }

    [Fact]
    public async Task Make_leaves_somebody_elses_certificate_alone()
    {
        Write("c/tls.crt", "theirs");
        var refused = await Run(["certs", "make", "--dir", At("c")]);
        Assert.Equal(2, refused.Status);
        Assert.Equal($"{At("c")}: a certificate without our ca.crt stands there, it may be somebody else's; name another folder\n", refused.Error);
        Assert.Equal("theirs", await File.ReadAllTextAsync(At("c/tls.crt"), TestContext.Current.CancellationToken));
        Assert.Equal("--name a b: no DNS name and no address\n", (await Run(["certs", "make", "--dir", At("d"), "--name", "a b"])).Error);
    }

    [Fact]
    public async Task Show_says_what_is_wrong_first()
    {
        var old = ServingCertificate.Make(DateTimeOffset.UtcNow.AddDays(-400), ["localhost"], [IPAddress.Loopback]);
        var other = ServingCertificate.Make(DateTimeOffset.UtcNow, ["localhost"], []);
        Write("c/tls.crt", old.CertificatePem);
        Write("c/tls.key", old.KeyPem);
        Write("c/ca.crt", other.AuthorityPem);
        var show = await Run(["certs", "show", "--dir", At("c")]);
        Assert.Equal(1, show.Status);
        Assert.StartsWith("something is WRONG\n  serving      localhost: EXPIRED on ", show.Out, StringComparison.Ordinal);
        Assert.Contains(
            "  WRONG        ca.crt did not sign tls.crt: clients that trust it refuse the connection\n",
            show.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Rotate_needs_a_cluster_and_says_so_in_one_line()
    {
        var refused = await Run(["certs", "rotate"]);
        Assert.Equal((2, "a cluster is missing: --kubeconfig PATH or --in-cluster\n"), (refused.Status, refused.Error));
        Assert.Equal(
            "--service guard: NAME.NAMESPACE.svc is expected, such as admissionguard.admissionguard.svc\n",
            (await Run(["certs", "rotate", "--service", "guard"])).Error
        );
    }

    [Fact]
    public async Task In_a_cluster_show_follows_a_rotation_that_rotate_asked_for()
    {
        await using var api = await Installed.Start();
        using var server = api.Connect();
        var kubeconfig = Write(
            "kubeconfig",
            $"{{apiVersion: v1, kind: Config, current-context: t, clusters: [{{name: t, cluster: {{server: '{server.Server}'}}}}], contexts: "
                + $"[{{name: t, context: {{cluster: t}}}}]}}"
        );
        async Task<Outcome> Certs(params string[] verb) => await Run(["certs", .. verb, "--kubeconfig", kubeconfig]);
        Assert.Equal(
            "something is WRONG\n  WRONG        there is no Secret admissionguard/admissionguard-certificates: is AdmissionGuard installed, "
                + "is --service right?\n",
            (await Certs("show")).Out
        );
        Assert.Equal(2, (await Certs("rotate")).Status);

        var now = DateTimeOffset.UtcNow;
        var replica = new Replica(server);
        Assert.Equal(RotationStep.Begin, await replica.Tend(now));
        var lacking = await Certs("show");
        Assert.Equal(1, lacking.Status);
        Assert.Contains(
            "  caBundle 1   empty\n  WRONG        it lacks the authority of the certificate that is served: the API server refuses the webhook\n",
            lacking.Out,
            StringComparison.Ordinal
        );
        await replica.TendAll(now);
        var well = await Certs("show");
        Assert.True(well.Status == 0, well.Out);
        Assert.Contains(
            $"mutatingwebhookconfigurations/admissionguard\n  caBundle 1   {api.Trusted[0][0].Name} (serving)\n",
            well.Out,
            StringComparison.Ordinal
        );
        Assert.Contains("  rotation     begins on ", well.Out, StringComparison.Ordinal);

        var asked = await Certs("rotate", "--now");
        Assert.StartsWith(
            "asked for, by an annotation on Secret admissionguard/admissionguard-certificates; the replica that holds the lease does it:\n",
            asked.Out,
            StringComparison.Ordinal
        );
        Assert.Contains("after 0:00:30   the new certificate is served", asked.Out, StringComparison.Ordinal);
        Assert.Contains("  asked        a rotation was asked for and has not begun", (await Certs("show")).Out, StringComparison.Ordinal);
        await replica.TendAll(now);
        var under = await Certs("show");
        Assert.Equal(0, under.Status);
        Assert.Contains(" (serving), AdmissionGuard CA ", under.Out, StringComparison.Ordinal);
        Assert.Contains(" (next)\n", under.Out, StringComparison.Ordinal);
        Assert.Contains("  rotation     under way", under.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", under.Out, StringComparison.Ordinal);
    }
}
