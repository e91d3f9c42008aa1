using System.Text;
using AdmissionGuard.Core.Terms;
using k8s.Models;

namespace AdmissionGuard.Certificates;

/// <summary>The tokens as the Secret keeps them, beside the certificates.</summary>
/// <param name="Current">The one that the webhook configurations shall have; null where there is none that can be used.</param>
/// <param name="Old">The one that they had before, which is taken until all have the current one.</param>
/// <param name="Of">The certificate that it was made for: with the next certificate comes the next token.</param>
internal sealed record TokenSecret(string? Current, string? Old, string Of)
{
    private const string CurrentEntry = "token";
    private const string OldEntry = "old-token";
    private const string OfEntry = "token-of";

    public IEnumerable<string?> Valid => [Current, Old];

    public static TokenSecret Read(V1Secret? secret) =>
        new(Token(secret?.Data, CurrentEntry), Token(secret?.Data, OldEntry), Text(secret?.Data, OfEntry));

    /// <summary>A merge patch, refused by the server where the Secret is not as it was read.</summary>
    public V1Secret Write(string version, ServiceName service) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = new V1ObjectMeta
            {
                Name = service.Secret,
                NamespaceProperty = service.Namespace,
                ResourceVersion = version,
            },
            Data = new Dictionary<string, byte[]?>(StringComparer.Ordinal)
            {
                [CurrentEntry] = Bytes(Current),
                [OldEntry] = Bytes(Old),
                [OfEntry] = Bytes(Of),
            },
        };

    /// <summary>Without the tokens, which must not come into a log by way of somebody's message.</summary>
    public override string ToString() => $"tokens of {ApiGroups.Guard}";

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static string? Token(IDictionary<string, byte[]>? data, string entry) =>
        Text(data, entry) is var text && PathTokens.IsToken(text) ? text : null;

    private static string Text(IDictionary<string, byte[]>? data, string entry) =>
        data?.TryGetValue(entry, out var bytes) == true && bytes is not null ? Encoding.UTF8.GetString(bytes) : "";
}
