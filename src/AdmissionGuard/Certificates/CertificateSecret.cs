using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Terms;
using k8s.Models;

namespace AdmissionGuard.Certificates;

/// <summary>
/// The one Secret that is the truth: the certificate that replicas serve and, during a rotation, the next one, each with its key and its authority's
/// certificate.
/// No authority's key is in it, or anywhere: each signs one certificate and is thrown away.
/// </summary>
/// <param name="Version">Null where the Secret is not there.</param>
/// <param name="Owner">Whose it is, where it is not ours to write.</param>
/// <param name="IsAsked">Somebody wants a rotation now.</param>
/// <param name="IsUrgent">And does not want to wait for it.</param>
internal sealed record CertificateSecret(
    string? Version,
    ServingCertificate? Current,
    ServingCertificate? Next,
    string? Owner,
    bool IsAsked,
    bool IsUrgent
)
{
    /// <summary>Put there by <c>certs rotate</c>, taken away when the rotation has begun.</summary>
    public const string AskedAnnotation = $"{ApiGroups.Guard}/rotate";

    /// <summary>Put there by <c>certs rotate --now</c>, taken away when the rotation is over.</summary>
    public const string UrgentAnnotation = $"{ApiGroups.Guard}/rotate-now";

    private const string NextPrefix = "next-";

    /// <param name="secret">Null where it is not there.</param>
    public static CertificateSecret Read(V1Secret? secret)
    {
        var annotations = secret?.Metadata?.Annotations ?? new Dictionary<string, string>();
        return new CertificateSecret(
            secret?.Metadata?.ResourceVersion,
            ReadPair(secret?.Data, ""),
            ReadPair(secret?.Data, NextPrefix),
            annotations.Keys.Any(a => a.StartsWith("cert-manager.io/", StringComparison.Ordinal)) ? "cert-manager" : null,
            annotations.ContainsKey(AskedAnnotation),
            annotations.ContainsKey(UrgentAnnotation)
        );
    }

    /// <summary>A merge patch, refused by the server where the Secret is not as it was read; the body of a new one where it was not there.</summary>
    /// <param name="after">What it shall hold.</param>
    public V1Secret Write(CertificateSecret after, ServiceName service)
    {
        var secret = Named(service);
        secret.Data = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        AddPair(secret.Data, "", after.Current);
        AddPair(secret.Data, NextPrefix, after.Next);
        if (Version is null)
            return secret;
        secret.Metadata.ResourceVersion = Version;
        secret.Metadata.Annotations = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (!after.IsAsked)
            secret.Metadata.Annotations[AskedAnnotation] = null;
        if (!after.IsUrgent)
            secret.Metadata.Annotations[UrgentAnnotation] = null;
        return secret;
    }

    /// <summary>A merge patch that asks whoever leads for a rotation.</summary>
    public static V1Secret Ask(ServiceName service, bool urgent, DateTimeOffset now)
    {
        var secret = Named(service);
        var at = now.ToString("O", CultureInfo.InvariantCulture);
        secret.Metadata.Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { [AskedAnnotation] = at };
        if (urgent)
            secret.Metadata.Annotations[UrgentAnnotation] = at;
        return secret;
    }

    private static V1Secret Named(ServiceName service) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = new V1ObjectMeta { Name = service.Secret, NamespaceProperty = service.Namespace },
        };

    private static ServingCertificate? ReadPair(IDictionary<string, byte[]>? data, string prefix)
    {
        var authority = Text(data, prefix + "ca.crt");
        var certificate = Text(data, prefix + "tls.crt");
        var key = Text(data, prefix + "tls.key");
        return authority.Length + certificate.Length + key.Length == 0 ? null : new ServingCertificate(authority, certificate, key);
    }

    private static string Text(IDictionary<string, byte[]>? data, string name) =>
        data?.TryGetValue(name, out var bytes) == true && bytes is not null ? Encoding.UTF8.GetString(bytes) : "";

    private void AddPair(IDictionary<string, byte[]?> data, string prefix, ServingCertificate? pair)
    {
        foreach (
            var (name, text) in ((string, string?)[])[("ca.crt", pair?.AuthorityPem), ("tls.crt", pair?.CertificatePem), ("tls.key", pair?.KeyPem)]
        )
        {
            if (text is not null)
                data[prefix + name] = Encoding.UTF8.GetBytes(text);
            else if (Version is not null)
                data[prefix + name] = null;
        }
    }
}
