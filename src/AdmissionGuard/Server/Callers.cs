using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Certificates;

namespace AdmissionGuard.Server;

/// <summary>Tells the API server from whoever else reaches the port: by the token in the path that it calls, or by its client certificate.</summary>
/// <param name="Tokens">Null where no path has one.</param>
/// <param name="Certificates">Null where none is asked for.</param>
internal sealed record Callers(PathTokens? Tokens, ClientCertificates? Certificates)
{
    /// <param name="token">What follows the endpoint in the path.</param>
    public Proof ProofOf(HttpContext context, Connections.Held? connection, ReadOnlySpan<char> token)
    {
        if (Tokens?.Holds(token) == true || IsCertified(context, connection))
            return Proof.ApiServer;
        return Tokens is null && Certificates is null ? Proof.NotAsked : Proof.None;
    }

    private bool IsCertified(HttpContext context, Connections.Held? connection)
    {
        if (Certificates is null)
            return false;
        if (connection?.IsCertified is { } known)
            return known;
        var isCertified = context.Connection.ClientCertificate is { } shown && Certificates.Take(shown);
        if (connection is not null)
            connection.IsCertified = isCertified;
        return isCertified;
    }
}

/// <summary>Client certificates that are taken as the API server's: signed by one authority, for one of these names.</summary>
/// <param name="names">Compared with the common name and the DNS names.</param>
internal sealed class ClientCertificates(X509Certificate2Collection authorities, IReadOnlyList<string> names)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public bool Take(X509Certificate2 shown)
    {
        if (!names.Any(n => n == shown.GetNameInfo(X509NameType.SimpleName, forIssuer: false) || shown.MatchesHostname(n, allowCommonName: false)))
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(ClientAuthentication));
        return chain.Build(shown);
    }
}
