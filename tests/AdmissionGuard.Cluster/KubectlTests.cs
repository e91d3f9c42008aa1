namespace AdmissionGuard.Cluster;

/// <summary>What the other tests rest on, without a cluster: any kubectl takes our manifests as they are written here.</summary>
public sealed class KubectlTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("admissionguard-kubectl").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Theory]
    [InlineData("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n")]
    [InlineData("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n")]
    [InlineData("{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}}")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")]
    public async Task A_manifest_is_read_in_any_style(string manifest)
    {
        var program = Assets.FindKubectl(Environment.GetEnvironmentVariable);
        Assert.SkipWhen(program is null, "kubectl is not installed");
        var kubectl = new Kubectl(program, kubeconfig: Path.Combine(home, "none"), home);
        var labelled = (await kubectl.Run(["label", "--local", "-f", "-", "team=shop", "-o", "name"], manifest)).Passed();
        Assert.StartsWith("configmap/a", labelled.Out, StringComparison.Ordinal);
    }
}
