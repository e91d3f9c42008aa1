using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

/// <summary>
/// Argo Rollouts' own controller, where the variable ARGO_ROLLOUTS_CONTROLLER names its program, at work in the test cluster under its default
/// account. Pods are played: no controller manager runs here.
/// </summary>
internal sealed class ArgoController : IDisposable
{
    private const string Variable = "ARGO_ROLLOUTS_CONTROLLER";

    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-argo").FullName;
    private readonly Daemon process;
    private readonly Kubectl kubectl;
    private readonly string ns;

    /// <summary>Ends a test as skipped where there is none.</summary>
    /// <param name="kubeconfig">The admin's; the controller is impersonated.</param>
    public ArgoController(Kubectl kubectl, string kubeconfig, string ns)
    {
        var program = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(program), $"{Variable} names no program: no release goes through a real Argo controller");
        (this.kubectl, this.ns) = (kubectl, ns);
        var impersonating = Path.Combine(folder, "kubeconfig");
        // files that it names lie beside it
        var admin = Path.GetDirectoryName(kubeconfig)!;
        File.WriteAllText(
            impersonating,
            File.ReadAllText(kubeconfig)
                .Replace("certificate-authority: ", $"certificate-authority: {admin}/", StringComparison.Ordinal)
                .Replace("client-certificate: ", $"as: \"{TestCluster.Controller}\", client-certificate: {admin}/", StringComparison.Ordinal)
                .Replace("client-key: ", $"client-key: {admin}/", StringComparison.Ordinal)
        );
        process = Daemon.Start(
            folder,
            Path.Combine(folder, "log"),
            program!,
            "--kubeconfig",
            impersonating,
            "--leader-elect=false",
            $"--metricsPort={FreePort()}",
            $"--healthzPort={FreePort()}"
        );
    }

    public string Printed => process.Printed;

    /// <summary>Waits until the Rollout looks as it should, while pods come and go as its ReplicaSets ask for.</summary>
    public Task Until(Func<JsonNode, Task<bool>> rollout, string what) =>
        Waiting.Until(
            async () =>
            {
                await PlayPods();
                Assert.False(process.HasExited, Tail(what));
                return await rollout(await Get("rollout/shop"));
            },
            () => Tail(what)
        );

    private string Tail(string what) => $"{what}:\n{string.Join('\n', Printed.Split('\n').TakeLast(30))}";

    public Task Until(Func<JsonNode, bool> rollout, string what) => Until(r => Task.FromResult(rollout(r)), what);

    public async Task<JsonNode> Get(string what) => JsonNode.Parse((await kubectl.Run($"get {what} -n {ns} -o json")).Passed().Out)!;

    public void Dispose()
    {
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task PlayPods()
    {
        foreach (var set in (await Get("replicasets"))["items"]!.AsArray())
        {
            var wanted = (int?)set!["spec"]!["replicas"] ?? 1;
            var generation = (long)set["metadata"]!["generation"]!;
            if (
                (int?)set["status"]?["availableReplicas"] is { } there
                && there == wanted
                && (long?)set["status"]!["observedGeneration"] == generation
            )
                continue;
            var status = $$$"""
                {"status":{"replicas":{{{wanted}}},"readyReplicas":{{{wanted}}},"availableReplicas":{{{wanted}}},
                "observedGeneration":{{{generation}}} } }
                """;
            (
                await kubectl.Run(
                    ["patch", "replicaset", (string)set["metadata"]!["name"]!, "-n", ns, "--type=merge", "--subresource=status", "-p", status],
                    input: null
                )
            ).Passed();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
