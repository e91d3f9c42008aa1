using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

/// <summary>Releases that a real Argo controller carries out while the server judges every write.</summary>
public sealed class ArgoControllerTests(TestCluster cluster) : IAsyncLifetime
{
    private readonly string ns = "argo-" + Guid.NewGuid().ToString("N")[..8];
    private ArgoController? argo;
    private GuardServer? guard;

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    public async ValueTask InitializeAsync()
    {
        argo = new ArgoController(cluster.Kubectl, cluster.Kubeconfig, ns);
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        await cluster.ServePolicies("guardpolicies");
        guard = await GuardServer.Start(cluster.Kubectl, "--kubeconfig", cluster.Kubeconfig);
        (await Human.Apply("{apiVersion: admissionguard.io/v1alpha1, kind: GuardPolicy, metadata: {name: all}, spec: {profile: baseline}}")).Passed();
        await Waiting.Until(
            async () => (await Human.Apply(Rollout(1, "canary: {steps: [{setWeight: 100}]}"), "--dry-run=server")).Status != 0,
            () => "the policy is not in force"
        );
        await guard.UntilAllKnown();
        (await Human.Apply(Traffic)).Passed();
    }

    public async ValueTask DisposeAsync()
    {
        argo?.Dispose();
        if (guard is null)
            return;
        await cluster.Kubectl.Run("delete guardpolicies --all");
        await guard.DisposeAsync();
        await cluster.Kubectl.Run($"delete namespace {ns} --wait=false");
    }

    [Fact]
    public async Task A_canary_is_aborted_taken_back_and_promoted()
    {
        await Release(1, Canary);
        await argo!.Until(IsHealthy, "the first version is not healthy");
        var first = Hash(await argo.Get("rollout/shop"));

        await Release(2, Canary);
        await UntilCanaryHas(20);
        await Status("""{"status":{"abort":true}}""");
        await UntilCanaryHas(0);

        await Release(1, Canary);
        await argo.Until(r => IsHealthy(r) && Hash(r) == first, "the first version is not back");
        Assert.Equal(0, await CanaryWeight());

        await Release(3, Canary);
        await UntilCanaryHas(20);
        await Status("""{"status":{"pauseConditions":null}}""");
        await UntilCanaryHas(50);
        await Status("""{"status":{"pauseConditions":null}}""");
        await argo.Until(r => IsHealthy(r) && Hash(r) != first, "the third version is not promoted");
        NothingWasDenied();
    }

    [Fact]
    public async Task A_blue_green_release_is_promoted_and_taken_back()
    {
        await Release(1, BlueGreen);
        await argo!.Until(IsHealthy, "the first version is not healthy");
        var first = Hash(await argo.Get("rollout/shop"));

        await Release(2, BlueGreen);
        await argo.Until(r => (string?)r["status"]?["phase"] == "Paused", "it does not wait for its promotion");
        Assert.Equal(first, await Selected("shop-stable"));
        Assert.NotEqual(first, await Selected("shop-canary"));
        await Status("""{"status":{"pauseConditions":null}}""");
        await argo.Until(r => IsHealthy(r) && Hash(r) != first, "the second version is not promoted");
        Assert.NotEqual(first, await Selected("shop-stable"));

        await Release(1, BlueGreen);
        await argo.Until(r => (string?)r["status"]?["phase"] == "Paused", "the rollback does not wait");
        await Status("""{"status":{"pauseConditions":null}}""");
        await argo.Until(r => IsHealthy(r) && Hash(r) == first, "the first version is not back");
        NothingWasDenied();
    }

    private const string Canary = """
        canary:
              trafficRouting:
                istio:
                  virtualService: {name: shop, routes: [primary]}
                  destinationRule: {name: shop, stableSubsetName: stable, canarySubsetName: canary}
              steps: [{setWeight: 20}, {pause: {}}, {setWeight: 50}, {pause: {}}]
        """;

    private const string BlueGreen = "blueGreen: {activeService: shop-stable, previewService: shop-canary, autoPromotionEnabled: false}";

    private async Task Release(int image, string strategy) => (await Human.Apply(Rollout(image, strategy))).Passed();

    private async Task Status(string patch) =>
        (await Human.Run(["patch", "rollout/shop", "-n", ns, "--type=merge", "--subresource=status", "-p", patch], input: null)).Passed();

    private Task UntilCanaryHas(int weight) => argo!.Until(async _ => await CanaryWeight() == weight, $"the canary does not get {weight} %");

    /// <summary>0 where Argo leaves it out.</summary>
    private async Task<int> CanaryWeight() => (int?)(await argo!.Get("virtualservice/shop"))["spec"]!["http"]![0]!["route"]![1]!["weight"] ?? 0;

    private async Task<string?> Selected(string service) =>
        (string?)(await argo!.Get("service/" + service))["spec"]!["selector"]!["rollouts-pod-template-hash"];

    private static bool IsHealthy(JsonNode rollout) =>
        (string?)rollout["status"]?["phase"] == "Healthy"
        && (string?)rollout["status"]!["observedGeneration"] == rollout["metadata"]!["generation"]!.ToString();

    private static string? Hash(JsonNode rollout) => (string?)rollout["status"]!["stableRS"];

    private void NothingWasDenied() => Assert.DoesNotContain("denied the request", argo!.Printed, StringComparison.Ordinal);

    private string Rollout(int image, string strategy) =>
        $$$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: shop, namespace: {{{ns}}}}
            spec:
              replicas: 4
              selector: {matchLabels: {app: shop}}
              template:
                metadata: {labels: {app: shop}}
                spec: {containers: [{name: shop, image: "registry.example/shop:{{{image}}}", ports: [{containerPort: 8080}]}]}
              strategy:
                {{{strategy}}}
            """;

    private string Traffic =>
        $$$"""
            {apiVersion: v1, kind: Service, metadata: {name: shop, namespace: {{{ns}}}}, spec: {ports: [{port: 80}], selector: {app: shop} } }
            ---
            {apiVersion: v1, kind: Service, metadata: {name: shop-stable, namespace: {{{ns}}}}, spec: {ports: [{port: 80}], selector: {app: shop} } }
            ---
            {apiVersion: v1, kind: Service, metadata: {name: shop-canary, namespace: {{{ns}}}}, spec: {ports: [{port: 80}], selector: {app: shop} } }
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: shop, namespace: {{{ns}}}}
            spec:
              host: shop
              trafficPolicy:
                connectionPool: {tcp: {maxConnections: 100}, http: {http1MaxPendingRequests: 100, http2MaxRequests: 100, maxRetries: 10}}
                outlierDetection: {consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s, maxEjectionPercent: 50}
              subsets: [{name: stable, labels: {app: shop}}, {name: canary, labels: {app: shop}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: shop, namespace: {{{ns}}}}
            spec:
              hosts: [shop]
              http:
              - name: primary
                timeout: 10s
                retries: {attempts: 1, retryOn: connect-failure}
                route:
                - {destination: {host: shop, subset: stable}, weight: 100}
                - {destination: {host: shop, subset: canary}, weight: 0}
            """;
}
