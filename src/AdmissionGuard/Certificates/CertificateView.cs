using System.Security.Cryptography;
using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Certificates;

/// <summary>
/// What the cluster holds of our certificates at one moment. The Secret is read first: what the configurations trust is then never older than it.
/// </summary>
internal sealed record CertificateView(CertificateSecret Secret, IReadOnlyList<WebhookConfiguration> Configurations)
{
    public TokenSecret Tokens { get; init; } = new(Current: null, Old: null, Of: "");

    /// <summary>For each webhook of ours whom it trusts.</summary>
    public IReadOnlyList<IReadOnlyList<Authority>> Trusted { get; } = [.. Configurations.SelectMany(c => c.Trusted)];

    /// <summary>All that a plan is made from, hashed: another text is another picture.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string?[] parts =
        [
            Secret.Owner,
            Secret.IsAsked ? "asked" : "",
            Secret.IsUrgent ? "urgent" : "",
            Secret.Current?.AuthorityPem,
            Secret.Current?.CertificatePem,
            Secret.Current?.KeyPem,
            Secret.Next?.AuthorityPem,
            Secret.Next?.CertificatePem,
            Secret.Next?.KeyPem,
            .. Configurations.SelectMany(c => c.Trusted.Select((t, at) => $"{c.Name} {at}\n{Authority.Write(t)}")),
        ];
        foreach (var part in parts)
            hash.AppendData(Encoding.UTF8.GetBytes($"{part?.Length ?? -1}:{part}"));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <exception cref="ApiException">It cannot be read.</exception>
    public static async Task<CertificateView> Read(IApiServer server, ServiceName service, CancellationToken stop)
    {
        var stored = await server.Secret(new ItemName(service.Namespace, service.Secret), stop);
        var configurations = new List<WebhookConfiguration>();
        foreach (var resource in WebhookConfiguration.Resources)
        {
            Node configuration = await server.Get(resource, ns: null, service.Configuration, stop);
            if (configuration.Exists)
                configurations.Add(new WebhookConfiguration(resource, configuration));
        }
        return new CertificateView(CertificateSecret.Read(stored), configurations) { Tokens = TokenSecret.Read(stored) };
    }

    /// <summary>Whether every webhook of ours takes a certificate of this authority; also where there is none.</summary>
    public bool Trusts(Authority? authority) => authority is not null && Trusted.All(t => t.Contains(authority));
}
