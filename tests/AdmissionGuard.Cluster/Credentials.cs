using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AdmissionGuard.Cluster;

/// <summary>An authority of the test's own, the API server's certificate, the admin's, and the key of service accounts, as files.</summary>
internal static class Credentials
{
    public static void Write(string folder)
    {
        var (from, until) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=AdmissionGuard test cluster", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true)
        );
        using var authority = request.CreateSelfSigned(from, until);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), authority.ExportCertificatePem());

        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        Issue(folder, "server", "CN=kube-apiserver", authority, "1.3.6.1.5.5.7.3.1", names.Build());
        Issue(folder, "admin", "CN=admin, O=system:masters", authority, "1.3.6.1.5.5.7.3.2", names: null);
        using var accounts = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(folder, "accounts.key"), accounts.ExportECPrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "accounts.pub"), accounts.ExportSubjectPublicKeyInfoPem());
    }

    private static void Issue(string folder, string name, string subject, X509Certificate2 authority, string usage, X509Extension? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        if (names is not null)
            request.CertificateExtensions.Add(names);
        using var certificate = request.Create(
            authority,
            new DateTimeOffset(authority.NotBefore),
            new DateTimeOffset(authority.NotAfter),
            RandomNumberGenerator.GetBytes(16)
        );
        File.WriteAllText(Path.Combine(folder, name + ".crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, name + ".key"), key.ExportPkcs8PrivateKeyPem());
    }
}
