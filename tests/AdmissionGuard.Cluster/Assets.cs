using System.Runtime.InteropServices;

namespace AdmissionGuard.Cluster;

/// <summary>kube-apiserver, etcd and kubectl, where envtest keeps them.</summary>
internal sealed record Assets(string ApiServer, string Etcd, string Kubectl)
{
    public static Assets? Find(out string missing) => Find(Environment.GetEnvironmentVariable, out missing);

    /// <param name="environment">Looks up a variable.</param>
    public static Assets? Find(Func<string, string?> environment, out string missing)
    {
        var folder = environment("KUBEBUILDER_ASSETS") is { Length: > 0 } set ? set : Newest(environment);
        missing = "no kube-apiserver and etcd: set KUBEBUILDER_ASSETS, or run `setup-envtest use`";
        if (folder is null)
            return null;
        var (server, etcd) = (Path.Combine(folder, "kube-apiserver"), Path.Combine(folder, "etcd"));
        var kubectl = FindKubectl(environment, folder);
        var absent = new[] { server, etcd }.Where(f => !File.Exists(f)).ToList();
        if (kubectl is null)
            absent.Add("kubectl");
        missing = $"not there: {string.Join(", ", absent)}";
        return absent.Count == 0 ? new Assets(server, etcd, kubectl!) : null;
    }

    /// <summary>The folders in this order, then those of PATH; null where it is in none.</summary>
    public static string? FindKubectl(Func<string, string?> environment, params string[] folders) =>
        folders.Concat((environment("PATH") ?? "").Split(Path.PathSeparator)).Select(f => Path.Combine(f, "kubectl")).FirstOrDefault(File.Exists);

    /// <summary>Folders are named 1.36.2-linux-amd64.</summary>
    private static string? Newest(Func<string, string?> environment)
    {
        var store = environment("XDG_DATA_HOME") is { Length: > 0 } data ? data : Path.Combine(environment("HOME") ?? "/", ".local", "share");
        var root = Path.Combine(store, "kubebuilder-envtest", "k8s");
        if (!Directory.Exists(root))
            return null;
        var suffix = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "-linux-arm64" : "-linux-amd64";
        return Directory
            .EnumerateDirectories(root)
            .Where(f => f.EndsWith(suffix, StringComparison.Ordinal))
            .OrderByDescending(f => Version.TryParse(Path.GetFileName(f)[..^suffix.Length], out var version) ? version : new Version(0, 0))
            .FirstOrDefault();
    }
}
