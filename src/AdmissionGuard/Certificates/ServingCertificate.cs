using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Certificates;

/// <summary>A serving certificate and the authority that a client must trust for it. The authority's key is thrown away once it has signed.</summary>
internal sealed record ServingCertificate(string AuthorityPem, string CertificatePem, string KeyPem)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>It is made anew when less than this is left.</summary>
    public static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <summary>
    /// An authority and a certificate for these DNS names and addresses, valid from an hour before (clocks differ) for a year, or as long as told.
    /// </summary>
    public static ServingCertificate Make(
        DateTimeOffset now,
        IReadOnlyList<string> dnsNames,
        IReadOnlyList<IPAddress> addresses,
        TimeSpan? lifetime = null
    )
    {
        var from = now.AddHours(-1);
        var until = now + (lifetime ?? Lifetime);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // a name of its own each: who finds two in a caBundle can tell them apart, and so can whatever looks for an issuer by name
        var authorityName = $"CN=AdmissionGuard CA {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var authorityRequest = new CertificateRequest(authorityName, authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true)
        );
        authorityRequest.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true)
        );
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, critical: false));
        using var authority = authorityRequest.CreateSelfSigned(from, until);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + dnsNames[0], key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dnsNames)
            names.AddDnsName(name);
        foreach (var address in addresses)
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true)
        );
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false)
        );
        using var certificate = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(16));
        return new ServingCertificate(authority.ExportCertificatePem(), certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Without the key, which must not come into a log by way of somebody's message.</summary>
    public override string ToString() => "a serving certificate and its key";

    public static bool IsDue(DateTimeOffset notAfter, DateTimeOffset now) => notAfter - now < RenewBefore;

    /// <summary>Null where a client that trusts the authority takes the certificate for these names now; else why not, in a few words.</summary>
    public string? Fault(IReadOnlyList<string> dnsNames, DateTimeOffset now)
    {
        try
        {
            using var authority = X509Certificate2.CreateFromPem(AuthorityPem);
            using var certificate = Load();
            if (dnsNames.FirstOrDefault(n => !certificate.MatchesHostname(n)) is { } lacking)
                return $"it is not for {lacking}";
            if (!IsSignedBy(certificate, authority))
                return "its authority did not sign it";
            foreach (var part in (X509Certificate2[])[authority, certificate])
            {
                if (new DateTimeOffset(part.NotBefore) > now)
                    return $"it is valid only from {part.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm}";
                if (new DateTimeOffset(part.NotAfter) <= now)
                    return $"it expired on {part.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm}";
            }
            return null;
        }
        catch (CryptographicException e)
        {
            return $"it cannot be read: {e.Message}";
        }
    }

    /// <summary>Whatever the time is.</summary>
    public static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    /// <summary>With its key, in the form that TLS needs.</summary>
    public X509Certificate2 Load() => PemPair.Load(CertificatePem, KeyPem);
}
