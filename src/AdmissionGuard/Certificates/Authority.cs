using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AdmissionGuard.Certificates;

/// <summary>A certificate that clients trust. Two are the same when their bytes are.</summary>
/// <param name="Pem">Written our way, whatever stood there.</param>
internal sealed record Authority(string Pem, string Name, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>
    /// The certificates in a text, each once, in their order; what cannot be read is left out, because half a bundle is better than none.
    /// </summary>
    public static IReadOnlyList<Authority> ReadAll(string? text)
    {
        var found = new List<Authority>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label] is "CERTIFICATE" && TryRead(rest[fields.Location]) is { } authority && !found.Contains(authority))
                found.Add(authority);
            rest = rest[fields.Location.End..];
        }
        return found;
    }

    /// <summary>As a caBundle holds them.</summary>
    public static string Write(IEnumerable<Authority> authorities)
    {
        var text = new StringBuilder();
        foreach (var authority in authorities)
            text.Append(authority.Pem).Append('\n');
        return text.ToString();
    }

    private static Authority? TryRead(ReadOnlySpan<char> pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return new Authority(
                certificate.ExportCertificatePem(),
                certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false),
                new DateTimeOffset(certificate.NotBefore),
                new DateTimeOffset(certificate.NotAfter)
            );
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
