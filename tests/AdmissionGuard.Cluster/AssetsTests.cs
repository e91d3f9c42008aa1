using System.Runtime.InteropServices;

namespace AdmissionGuard.Cluster;

/// <summary>These need no API server: a run without one has tests all the same.</summary>
public sealed class AssetsTests : IDisposable
{
    private static readonly string Suffix = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "-linux-arm64" : "-linux-amd64";

    private readonly string home = Directory.CreateTempSubdirectory("admissionguard-assets").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public void The_newest_version_is_taken_by_number()
    {
        Put("1.9.0" + Suffix, "kube-apiserver", "etcd", "kubectl");
        Put("1.36.2" + Suffix, "kube-apiserver", "etcd", "kubectl");
        Put("2.0.0-plan9-mips", "kube-apiserver", "etcd", "kubectl");
        Assert.EndsWith($"1.36.2{Suffix}/kube-apiserver", Find([])?.ApiServer, StringComparison.Ordinal);
    }

    [Fact]
    public void KUBEBUILDER_ASSETS_wins_and_kubectl_may_be_anywhere_in_PATH()
    {
        Put("1.36.2" + Suffix, "kube-apiserver", "etcd", "kubectl");
        var own = Put("own", "kube-apiserver", "etcd");
        var tools = Put("tools", "kubectl");
        var found = Find(new() { ["KUBEBUILDER_ASSETS"] = own, ["PATH"] = $"/nowhere:{tools}" });
        Assert.Equal(new Assets($"{own}/kube-apiserver", $"{own}/etcd", $"{tools}/kubectl"), found);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Null(Assets.Find(Environment([]), out var nothing));
        Assert.Equal("no kube-apiserver and etcd: set KUBEBUILDER_ASSETS, or run `setup-envtest use`", nothing);
        var own = Put("own", "kube-apiserver");
        Assert.Null(Assets.Find(Environment(new() { ["KUBEBUILDER_ASSETS"] = own }), out var some));
        Assert.Equal($"not there: {own}/etcd, kubectl", some);
    }

    private Assets? Find(Dictionary<string, string> variables) => Assets.Find(Environment(variables), out _);

    private Func<string, string?> Environment(Dictionary<string, string> variables) =>
        name => name == "HOME" ? home : variables.GetValueOrDefault(name);

    private string Put(string version, params string[] programs)
    {
        var folder = Path.Combine(home, ".local", "share", "kubebuilder-envtest", "k8s", version);
        Directory.CreateDirectory(folder);
        foreach (var program in programs)
            File.WriteAllText(Path.Combine(folder, program), "");
        return folder;
    }
}
