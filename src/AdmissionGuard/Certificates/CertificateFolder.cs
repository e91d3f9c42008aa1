using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Files;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Certificates;

/// <summary>
/// A folder with <c>tls.crt</c>, <c>tls.key</c> and, where we made them, <c>ca.crt</c>: the names that Kubernetes' own TLS secrets have.
/// </summary>
internal sealed class CertificateFolder(string path)
{
    public string AuthorityFile { get; } = Path.Combine(path, "ca.crt");

    /// <summary>What somebody else replaces when they renew.</summary>
    public IReadOnlyList<string> Served => [CertificateFile, KeyFile];

    /// <summary>A certificate without the authority that we always put beside ours.</summary>
    public bool IsSomebodyElses => File.Exists(CertificateFile) && !File.Exists(AuthorityFile);

    private string CertificateFile { get; } = Path.Combine(path, "tls.crt");

    private string KeyFile { get; } = Path.Combine(path, "tls.key");

    /// <summary>
    /// What somebody else keeps there: read, never written. Behind the certificate, the file may hold the authorities that lead to a known one.
    /// </summary>
    /// <exception cref="InputException">Nothing there, unreadable, or no pair.</exception>
    public X509Certificate2 Read(out X509Certificate2Collection chain)
    {
        // read as text first: a failure then names its file, and a folder without rights is not told as an empty one
        var certificate = ReadText(CertificateFile);
        var key = ReadText(KeyFile);
        try
        {
            chain = [];
            chain.ImportFromPem(certificate);
            return PemPair.Load(certificate, key);
        }
        catch (CryptographicException e)
        {
            throw new InputException($"{CertificateFile}: no certificate with its key in {KeyFile}: {e.Message}");
        }
    }

    /// <summary>The authority beside the certificate; null where there is none that can be read.</summary>
    public Authority? ReadAuthority() => File.Exists(AuthorityFile) && Authority.ReadAll(ReadText(AuthorityFile)) is [var first, ..] ? first : null;

    /// <summary>
    /// Our own: made on first start, and again when little time is left, a name is asked for that it lacks, or the three files do not belong
    /// together.
    /// </summary>
    /// <exception cref="InputException">The folder cannot be written.</exception>
    public X509Certificate2 ReadOrMake(DateTimeOffset now, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses, out bool made)
    {
        made = false;
        if (TryReadOwn() is { } own)
        {
            var names = dnsNames.Concat(addresses.Select(a => a.ToString()));
            var isYoung = new DateTimeOffset(own.NotBefore) > now;
            if (!isYoung && !ServingCertificate.IsDue(new DateTimeOffset(own.NotAfter), now) && names.All(n => own.MatchesHostname(n)))
                return own;
            own.Dispose();
        }
        made = true;
        var fresh = ServingCertificate.Make(now, dnsNames, addresses);
        try
        {
            Directory.CreateDirectory(path);
            AtomicFile.Write(KeyFile, fresh.KeyPem, AtomicFile.Secret);
            AtomicFile.Write(CertificateFile, fresh.CertificatePem, AtomicFile.Readable);
            AtomicFile.Write(AuthorityFile, fresh.AuthorityPem, AtomicFile.Readable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: a certificate cannot be kept there: {e.Message}");
        }
        return fresh.Load();
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{file}: not there; --cert-dir is for a folder with tls.crt and tls.key");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file}: cannot be read: {e.Message}");
        }
    }

    private X509Certificate2? TryReadOwn()
    {
        if (!File.Exists(CertificateFile) || !File.Exists(KeyFile) || !File.Exists(AuthorityFile))
            return null;
        try
        {
            using var authority = X509Certificate2.CreateFromPem(ReadText(AuthorityFile));
            var own = PemPair.Load(ReadText(CertificateFile), ReadText(KeyFile));
            if (own.IssuerName.RawData.AsSpan().SequenceEqual(authority.SubjectName.RawData) && ServingCertificate.IsSignedBy(own, authority))
                return own;
            own.Dispose();
            return null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
