using System.Security.Cryptography.X509Certificates;
using k8s.Authentication;

namespace AdmissionGuard.Kubernetes;

/// <summary>What says who we are and changes with time. A token or certificate that stands in a kubeconfig is the library's own business.</summary>
internal interface ICredential : ITokenProvider
{
    /// <summary>
    /// Comes with the header that was given last; null where the header says it all. The same object as long as it is the same certificate.
    /// </summary>
    X509Certificate2? Certificate { get; }

    /// <summary>The server did not take it (401): whoever asks next gets another.</summary>
    void Refused();
}
