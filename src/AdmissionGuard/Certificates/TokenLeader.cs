using System.Security.Cryptography;
using System.Text;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Certificates;

/// <summary>
/// Keeps a token in the Secret and in the paths of our webhooks, a new one with each certificate. Each look makes one write at most: the new token
/// into the Secret, beside the old one; then into the paths; and when these have had it for a while, the old one goes.
/// </summary>
internal sealed class TokenLeader(IApiServer server, ServiceName service, RotationPace pace, TextWriter log)
{
    private string? told;
    private DateTimeOffset since;

    /// <param name="of">What tells the certificate that is served now from the next one.</param>
    /// <returns>Whether something was written, so that there may be more to do.</returns>
    /// <exception cref="ApiException">Nothing was done, or nobody knows: the next look shows.</exception>
    public async Task<bool> Tend(CertificateView view, string of, DateTimeOffset now, CancellationToken stop)
    {
        var (tokens, id) = (view.Tokens, Id(of));
        if (view.Secret.Version is not { } version)
            return false;
        if (tokens.Current is null || tokens.Of != id)
        {
            Tell("making a token for the paths of our webhooks");
            await server.Merge(new TokenSecret(PathTokens.Make(), tokens.Current, id).Write(version, service), stop);
            return true;
        }
        var lacking = view.Configurations.Where(c => !c.HasPaths(tokens.Current)).ToArray();
        if (lacking.Length > 0)
        {
            Tell("writing the token into the paths of our webhooks");
            foreach (var configuration in lacking)
                await server.Merge(configuration.Resource, ns: null, service.Configuration, configuration.WithPaths(tokens.Current), stop);
            since = now;
            return true;
        }
        if (tokens.Old is null || now < (since == default ? since = now : since) + pace.Settle)
            return false;
        Tell("the old token is no longer taken");
        await server.Merge((tokens with { Old = null }).Write(version, service), stop);
        return true;
    }

    private void Tell(string what)
    {
        if (told != what)
            log.WriteLine($"certificates: {what}");
        told = what;
    }

    private static string Id(string of) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(of)))[..16];
}
