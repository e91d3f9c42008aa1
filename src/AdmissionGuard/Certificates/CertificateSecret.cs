using System.Buffers;
using System.Text;
using System.Text.Json;
using AdmissionGuard.Core;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Kubernetes;

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

    public static readonly Resource Secrets = new("", "v1", "secrets");

    public static CertificateSecret Read(Node secret)
    {
        var (metadata, data) = (secret["metadata"u8], secret["data"u8]);
        var annotations = metadata["annotations"u8];
        string? owner = null;
        foreach (var annotation in annotations.Entries)
        {
            if (annotation.Name.StartsWith("cert-manager.io/", StringComparison.Ordinal))
                owner = "cert-manager";
        }
        return new CertificateSecret(
            metadata["resourceVersion"u8].Text,
            ReadPair(data, ""),
            ReadPair(data, NextPrefix),
            owner,
            annotations[AskedAnnotation].Exists,
            annotations[UrgentAnnotation].Exists
        );
    }

    /// <summary>A merge patch, refused by the server where the Secret is not as it was read; the body of a new one where it was not there.</summary>
    /// <param name="after">What it shall hold.</param>
    public ReadOnlyMemory<byte> Write(CertificateSecret after, ServiceName service)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion", "v1");
            writer.WriteString("kind", "Secret");
            writer.WriteStartObject("metadata");
            writer.WriteString("name", service.Secret);
            writer.WriteString("namespace", service.Namespace);
            if (Version is not null)
                writer.WriteString("resourceVersion", Version);
            if (Version is not null)
            {
                writer.WriteStartObject("annotations");
                if (!after.IsAsked)
                    writer.WriteNull(AskedAnnotation);
                if (!after.IsUrgent)
                    writer.WriteNull(UrgentAnnotation);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WriteStartObject("data");
            WritePair(writer, "", after.Current);
            WritePair(writer, NextPrefix, after.Next);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    /// <summary>A merge patch that asks whoever leads for a rotation.</summary>
    public static ReadOnlyMemory<byte> Ask(bool urgent, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata");
            writer.WriteStartObject("annotations");
            writer.WriteString(AskedAnnotation, now);
            if (urgent)
                writer.WriteString(UrgentAnnotation, now);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static ServingCertificate? ReadPair(Node data, string prefix)
    {
        var (authority, certificate, key) = (Text(data[prefix + "ca.crt"]), Text(data[prefix + "tls.crt"]), Text(data[prefix + "tls.key"]));
        return authority.Length + certificate.Length + key.Length == 0 ? null : new ServingCertificate(authority, certificate, key);
    }

    /// <summary>What is no text is empty, and then no certificate.</summary>
    private static string Text(Node value) =>
        value.Kind == JsonValueKind.String && value.Element.TryGetBytesFromBase64(out var bytes) ? Encoding.UTF8.GetString(bytes) : "";

    private void WritePair(Utf8JsonWriter writer, string prefix, ServingCertificate? pair)
    {
        foreach (
            var (name, text) in ((string, string?)[])[("ca.crt", pair?.AuthorityPem), ("tls.crt", pair?.CertificatePem), ("tls.key", pair?.KeyPem)]
        )
        {
            if (text is not null)
                writer.WriteBase64String(prefix + name, Encoding.UTF8.GetBytes(text));
            else if (Version is not null)
                writer.WriteNull(prefix + name);
        }
    }
}
