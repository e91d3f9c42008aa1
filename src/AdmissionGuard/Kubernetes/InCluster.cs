using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Kubernetes;

/// <summary>The API server as a pod sees it.</summary>
internal static class InCluster
{
    public const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <param name="environment">Looks up a variable.</param>
    /// <exception cref="InputException">This is no pod, or it has no account.</exception>
    public static Connection Connect(Func<string, string?> environment, TimeProvider time, string folder = Folder)
    {
        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            throw new InputException(
                "--in-cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, this is no pod; use --kubeconfig"
            );
        }
        if (IPAddress.TryParse(host, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            host = $"[{address}]";
        if (!Uri.TryCreate($"https://{host}:{port}/", UriKind.Absolute, out var server))
            throw new InputException($"--in-cluster: no address: {host}:{port}");
        var authority = Path.Combine(folder, "ca.crt");
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(authority);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new InputException($"{authority}: the cluster's authority cannot be read: {e.Message}");
        }
        return new Connection(server, new TokenFile(Path.Combine(folder, "token"), time))
        {
            Authorities = authorities,
            Namespace = NamespaceOf(Path.Combine(folder, "namespace")),
        };
    }

    private static string NamespaceOf(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } name ? name : throw new InputException($"{file}: no namespace in it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file}: the pod's namespace cannot be read: {e.Message}");
        }
    }
}
