using System.Security.Cryptography;
using AdmissionGuard.Files;
using k8s;
using k8s.Exceptions;

namespace AdmissionGuard.Kubernetes;

/// <summary>The API server as a pod sees it: by the library, with its failures in one line.</summary>
internal static class InCluster
{
    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <param name="folder">Where the library finds the account's files.</param>
    /// <exception cref="InputException">This is no pod, or it has no account.</exception>
    public static Connection Connect(string folder = Folder)
    {
        try
        {
            var found = KubernetesClientConfiguration.InClusterConfig();
            var authorities = found.SslCaCerts;
            found.SslCaCerts = null; // see Connection.SetUp
            return new Connection(found) { Credential = new TokenFile(Path.Combine(folder, "token")), Authorities = authorities };
        }
        catch (KubeConfigException e)
        {
            throw new InputException($"--in-cluster: {e.Message.ReplaceLineEndings(" ")} Outside of a pod use --kubeconfig.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            throw new InputException($"--in-cluster: the account in {folder} cannot be read: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
