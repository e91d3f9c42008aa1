using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Certificates;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Server;

namespace AdmissionGuard.Tests.Server;

/// <summary>
/// cert-manager and company authorities sign with an intermediate: it stands behind the certificate in tls.crt, and a client knows only the root.
/// </summary>
public sealed class CertificateChainTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-chain").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task An_intermediate_behind_the_certificate_is_sent_along()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Request("CN=root", rootKey, isAuthority: true)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(3));
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middlePublic = Signed(Request("CN=middle", middleKey, isAuthority: true), root, days: 2);
        using var middle = middlePublic.CopyWithPrivateKey(middleKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("CN=localhost", key, isAuthority: false);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = Signed(request, middle, days: 1);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "tls.crt"),
            leaf.ExportCertificatePem() + "\n" + middle.ExportCertificatePem() + "\n",
            RunningServer.Stop
        );
        await File.WriteAllTextAsync(Path.Combine(folder, "tls.key"), key.ExportPkcs8PrivateKeyPem(), RunningServer.Stop);

        using var serving = new CertificateFolder(folder).Read(out var chain);
        await using var server = new WebhookServer(
            new ServedCertificate(serving, chain),
            new ServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Judge = r => Verdict.Pass(r),
                Time = TimeProvider.System,
                Log = TextWriter.Null,
            }
        );
        await server.Start();
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        trust.CustomTrustStore.Add(root);
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
            }
        );
        Assert.Equal("ok\n", await client.GetStringAsync(new Uri(server.Address, "/healthz"), RunningServer.Stop));
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        return request;
    }

    private static X509Certificate2 Signed(CertificateRequest request, X509Certificate2 by, int days) =>
        request.Create(by, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddDays(days), RandomNumberGenerator.GetBytes(8));
}
