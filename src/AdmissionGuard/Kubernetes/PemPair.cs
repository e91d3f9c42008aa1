using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AdmissionGuard.Kubernetes;

/// <summary>A certificate and its private key, each as PEM text, in the form that TLS needs.</summary>
internal static class PemPair
{
    /// <exception cref="CryptographicException">One of the texts is none, or they are no pair.</exception>
    public static X509Certificate2 Load(string certificatePem, string keyPem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificatePem, keyPem);
        }
        catch (ArgumentException e)
        {
            // how the platform says that the key is another certificate's
            throw new CryptographicException("the key does not belong to the certificate", e);
        }
    }
}
