using System.Net;
using AdmissionGuard.Certificates;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Certificates;

/// <summary><c>--cert-dir</c>: somebody else renews, nobody restarts.</summary>
public sealed class FolderFollowerTests : IAsyncLifetime
{
    private readonly string path = Directory.CreateTempSubdirectory("admissionguard-follow").FullName;
    private readonly StringWriter log = new();
    private FolderFollower follower = null!;

    public ValueTask InitializeAsync()
    {
        Put(Made(days: 10));
        follower = new FolderFollower(path, new FakeTime(), log);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await follower.DisposeAsync();
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public void A_new_pair_is_served_when_it_has_come_to_rest()
    {
        var before = follower.Served.ServingUntil;
        Put(Made(days: 20));
        follower.Look();
        Assert.Equal(before, follower.Served.ServingUntil);
        follower.Look();
        Assert.Equal(Judge.Now.AddDays(20), follower.Served.ServingUntil);
        Assert.Contains("certificate read again, valid until", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_pair_leaves_the_last_good_one_and_is_told_once_and_the_other_half_mends_it()
    {
        var (before, next) = (follower.Served.ServingUntil, Made(days: 20));
        File.WriteAllText(Path.Combine(path, "tls.crt"), next.CertificatePem);
        for (var i = 0; i < 5; i++)
            follower.Look();
        Assert.Equal(before, follower.Served.ServingUntil);
        Assert.StartsWith($"{path}/tls.crt: no certificate with its key in {path}/tls.key", follower.Served.Error, StringComparison.Ordinal);
        Assert.Null(follower.Served.Unready);
        Assert.Single(log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        File.WriteAllText(Path.Combine(path, "tls.key"), next.KeyPem);
        for (var i = 0; i < 2; i++)
            follower.Look();
        Assert.Null(follower.Served.Error);
        Assert.Equal(Judge.Now.AddDays(20), follower.Served.ServingUntil);
    }

    [Fact]
    public void A_folder_that_is_emptied_changes_nothing()
    {
        foreach (var file in Directory.GetFiles(path))
            File.Delete(file);
        for (var i = 0; i < 3; i++)
            follower.Look();
        Assert.Equal(Judge.Now.AddDays(10), follower.Served.ServingUntil);
        Assert.Contains("not there", follower.Served.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_written_into_it()
    {
        for (var i = 0; i < 3; i++)
            follower.Look();
        Assert.Equal(["tls.crt", "tls.key"], Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(log.ToString());
    }

    private static ServingCertificate Made(int days) =>
        ServingCertificate.Make(Judge.Now, ["localhost"], [IPAddress.Loopback], TimeSpan.FromDays(days));

    private void Put(ServingCertificate pair)
    {
        File.WriteAllText(Path.Combine(path, "tls.crt"), pair.CertificatePem);
        File.WriteAllText(Path.Combine(path, "tls.key"), pair.KeyPem);
    }
}
