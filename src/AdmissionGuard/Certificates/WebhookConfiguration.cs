using System.Buffers;
using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Certificates;

/// <summary>
/// A webhook configuration of ours, as far as trust goes: whom the API server trusts when it calls each webhook. Raw JSON and not the library's type:
/// its list of webhooks is written back, and would lose every field that a newer API server knows and the library does not.
/// </summary>
internal sealed class WebhookConfiguration
{
    /// <summary>The webhooks that are ours; a stranger's in the same configuration is left alone.</summary>
    private const string Suffix = ".admissionguard.io";

    private const string Injector = "cert-manager.io/inject-";

    public static readonly Resource[] Resources =
    [
        new(ApiGroups.AdmissionRegistration, "v1", "validatingwebhookconfigurations", Namespaced: false),
        new(ApiGroups.AdmissionRegistration, "v1", "mutatingwebhookconfigurations", Namespaced: false),
    ];

    private readonly Node stored;

    public WebhookConfiguration(Resource resource, Node stored)
    {
        Resource = resource;
        this.stored = stored;
        foreach (var annotation in stored["metadata"u8]["annotations"u8].Entries)
        {
            if (annotation.Name.StartsWith(Injector, StringComparison.Ordinal))
                Owner = "cert-manager";
        }
        Trusted = [.. stored["webhooks"u8].Items.Where(w => IsOurs(w)).Select(w => TrustedBy(w))];
    }

    public Resource Resource { get; }

    /// <summary>Who else writes its caBundle, where somebody does.</summary>
    public string? Owner { get; }

    /// <summary>A list for each webhook of ours.</summary>
    public IReadOnlyList<IReadOnlyList<Authority>> Trusted { get; }

    public string Name => $"{Resource.Plural}/{stored["metadata"u8]["name"u8].Text}";

    /// <summary>Whether a webhook of ours lacks one of these.</summary>
    public bool Lacks(IReadOnlyList<Authority> authorities) => Trusted.Any(t => authorities.Any(a => !t.Contains(a)));

    /// <summary>Whether every webhook of ours is called by a path with this token.</summary>
    public bool HasPaths(string token) => stored["webhooks"u8].Items.Where(w => IsOurs(w)).All(w => PathIn(w["clientConfig"u8]) == PathOf(w, token));

    /// <summary>
    /// A merge patch of the list of webhooks, everything but our caBundles byte by byte as it was read; the server refuses it where the configuration
    /// has changed since.
    /// </summary>
    /// <param name="bundle">What a webhook shall trust, by what it trusts now.</param>
    public ReadOnlyMemory<byte> Write(Func<IReadOnlyList<Authority>, IReadOnlyList<Authority>> bundle) =>
        Write(
            (writer, webhook) =>
            {
                CopyAllBut(writer, webhook["clientConfig"u8], "caBundle");
                writer.WriteBase64String("caBundle", Encoding.UTF8.GetBytes(Authority.Write(bundle(TrustedBy(webhook)))));
            }
        );

    /// <summary>As <see cref="Write(Func{IReadOnlyList{Authority}, IReadOnlyList{Authority}})"/>, with nothing but the paths changed.</summary>
    public ReadOnlyMemory<byte> WithPaths(string token) =>
        Write(
            (writer, webhook) =>
            {
                var client = webhook["clientConfig"u8];
                if (AddressIn(client) is { } address)
                {
                    CopyAllBut(writer, client, "url");
                    writer.WriteString("url", address.GetLeftPart(UriPartial.Authority) + PathOf(webhook, token));
                    return;
                }
                CopyAllBut(writer, client, "service");
                writer.WriteStartObject("service");
                CopyAllBut(writer, client["service"u8], "path");
                writer.WriteString("path", PathOf(webhook, token));
                writer.WriteEndObject();
            }
        );

    private ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter, Node> client)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata");
            writer.WriteString("resourceVersion", stored["metadata"u8]["resourceVersion"u8].Text);
            writer.WriteEndObject();
            writer.WriteStartArray("webhooks");
            foreach (var item in stored["webhooks"u8].Items)
            {
                var webhook = item;
                if (!IsOurs(webhook))
                {
                    writer.WriteRawValue(webhook.Raw);
                    continue;
                }
                writer.WriteStartObject();
                CopyAllBut(writer, webhook, "clientConfig");
                writer.WriteStartObject("clientConfig");
                client(writer, webhook);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static void CopyAllBut(Utf8JsonWriter writer, Node map, string name)
    {
        foreach (var field in map.Entries.Where(f => f.Name != name))
            Copy(writer, field);
    }

    private static void Copy(Utf8JsonWriter writer, NodeMap.Entry field)
    {
        writer.WritePropertyName(field.Name);
        writer.WriteRawValue(field.Value.Raw);
    }

    /// <summary>Null where a Service is called.</summary>
    private static Uri? AddressIn(Node client) => Uri.TryCreate(client["url"u8].Text, UriKind.Absolute, out var address) ? address : null;

    private static string? PathIn(Node client) => AddressIn(client)?.AbsolutePath ?? client["service"u8]["path"u8].Text;

    private static string PathOf(Node webhook, string token)
    {
        var name = webhook["name"u8].Text![..^Suffix.Length];
        return $"/{(name is "mutate" or "policies" ? name : "validate")}/{token}";
    }

    private static bool IsOurs(Node webhook) => webhook["name"u8].Text?.EndsWith(Suffix, StringComparison.Ordinal) == true;

    private static IReadOnlyList<Authority> TrustedBy(Node webhook)
    {
        var bundle = webhook["clientConfig"u8]["caBundle"u8];
        if (bundle.Text is not { } text)
            return [];
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Authority.ReadAll(Encoding.UTF8.GetString(bytes, 0, length)) : [];
    }
}
