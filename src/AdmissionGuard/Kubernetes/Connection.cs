using System.Security.Cryptography.X509Certificates;

namespace AdmissionGuard.Kubernetes;

/// <summary>What it takes to reach an API server, whoever said so: a kubeconfig or the pod's own account.</summary>
internal sealed record Connection(Uri Server, ICredential Credential)
{
    /// <summary>Whom to trust; null for the system's authorities.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public bool SkipVerification { get; init; }

    /// <summary>The name that the server's certificate must have, where it is not the address's.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Null for what the environment says.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Headers of <c>as</c>, <c>as-groups</c> and the like.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Impersonation { get; init; } = [];

    /// <summary>Of the context, or the pod's own.</summary>
    public string Namespace { get; init; } = "default";
}
