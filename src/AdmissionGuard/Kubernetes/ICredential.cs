using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace AdmissionGuard.Kubernetes;

/// <summary>What says who we are: a header, a client certificate, or both.</summary>
internal readonly record struct Identity(AuthenticationHeaderValue? Header, X509Certificate2? Certificate);

internal interface ICredential
{
    /// <summary>What is valid now. The same certificate object as long as it is the same certificate.</summary>
    /// <exception cref="InputException">It cannot be had, in one line.</exception>
    ValueTask<Identity> Get(CancellationToken stop);

    /// <summary>The server did not take it (401): the next <see cref="Get"/> looks again. False where that would change nothing.</summary>
    bool Refused();
}

/// <summary>A token, a password or a certificate as it stands in a kubeconfig.</summary>
internal sealed class FixedCredential(Identity identity) : ICredential
{
    public static readonly FixedCredential None = new(default);

    public ValueTask<Identity> Get(CancellationToken stop) => ValueTask.FromResult(identity);

    public bool Refused() => false;
}
