using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using k8s.Authentication;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// A token in a file that somebody else keeps fresh. The library reads it again every minute; here it is also read at once when the server refuses
/// it, and a file that cannot be read is named.
/// </summary>
internal sealed class TokenFile(string path) : ICredential
{
    private volatile TokenFileAuth file = new(path);

    public X509Certificate2? Certificate => null;

    /// <exception cref="ApiException">No token can be read.</exception>
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        AuthenticationHeaderValue header;
        try
        {
            header = await file.GetAuthenticationHeaderAsync(cancellationToken);
        }
        catch (Exception e) when (e.GetBaseException() is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ApiException(null, ApiException.Credentials, $"{path}: the token cannot be read: {e.GetBaseException().Message}", e);
        }
        if (header.Parameter is { Length: > 0 })
            return header;
        Refused(); // else nobody would look again for a minute
        throw new ApiException(null, ApiException.Credentials, $"{path}: no token in it");
    }

    public void Refused() => file = new TokenFileAuth(path);
}
