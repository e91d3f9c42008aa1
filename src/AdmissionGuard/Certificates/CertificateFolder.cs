using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AdmissionGuard.Certificates;

/// <summary>A folder with <c>tls.crt</c>, <c>tls.key</c> and, where we made them, <c>ca.crt</c>: the names that Kubernetes' own TLS secrets have.</summary>
internal sealed class CertificateFolder(string path)
{
    public string AuthorityFile { get; } = Path.Combine(path, "ca.crt");

    private string CertificateFile { get; } = Path.Combine(path, "tls.crt");

    private string KeyFile { get; } = Path.Combine(path, "tls.key");

    /// <summary>What somebody else keeps there: read, never written.</summary>
    /// <exception cref="InputException">Nothing there, or no pair.</exception>
    public X509Certificate2 Read()
    {
        foreach (var file in (string[])[CertificateFile, KeyFile])
        {
            if (!File.Exists(file)) throw new InputException($"{file}: not there; --cert-dir is for a folder with tls.crt and tls.key");
        }
        try
        {
            return X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
        }
        catch (CryptographicException e)
        {
            throw new InputException($"{CertificateFile}: no certificate with its key in {KeyFile}: {e.Message}");
        }
    }

    /// <summary>Our own: made on first start, and again when little time is left or the three files do not belong together.</summary>
    public X509Certificate2 ReadOrMake(DateTimeOffset now, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses, out bool made)
    {
        made = false;
        if (TryReadOwn() is { } own)
        {
            if (!ServingCertificate.IsDue(new DateTimeOffset(own.NotAfter), now)) return own;
            own.Dispose();
        }
        made = true;
        var fresh = ServingCertificate.Make(now, dnsNames, addresses);
        Directory.CreateDirectory(path);
        Write(KeyFile, fresh.KeyPem, secret: true);
        Write(CertificateFile, fresh.CertificatePem, secret: false);
        Write(AuthorityFile, fresh.AuthorityPem, secret: false);
        return fresh.Load();
    }

    private X509Certificate2? TryReadOwn()
    {
        if (!File.Exists(CertificateFile) || !File.Exists(KeyFile) || !File.Exists(AuthorityFile)) return null;
        try
        {
            var own = X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
            using var authority = X509Certificate2.CreateFromPem(File.ReadAllText(AuthorityFile));
            if (own.IssuerName.RawData.AsSpan().SequenceEqual(authority.SubjectName.RawData) && IsSignedBy(own, authority)) return own;
            own.Dispose();
            return null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    /// <summary>In one step, so that a reader never sees half a file.</summary>
    private static void Write(string file, string text, bool secret)
    {
        var draft = file + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = secret
                ? UnixFileMode.UserRead | UnixFileMode.UserWrite
                : UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        }
        using (var writer = new StreamWriter(draft, options)) writer.Write(text);
        File.Move(draft, file, overwrite: true);
    }
}
