using System.Text.Json.Nodes;
using AdmissionGuard.Commands.Options;

namespace AdmissionGuard.Cluster;

/// <summary>What others need may not go, and everything may go in the right order: over a real API server, by a policy of the cluster.</summary>
public sealed class InUseTests(TestCluster cluster) : IAsyncLifetime
{
    private readonly string ns = "in-use-" + Guid.NewGuid().ToString("N")[..8];
    private GuardServer? guard;

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    public async ValueTask InitializeAsync()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        await cluster.ServePolicies("guardpolicies");
        guard = await GuardServer.Start(cluster.Kubectl, "--kubeconfig", cluster.Kubeconfig);
        (await Human.Apply(Service)).Passed();
        (await Human.Apply(DestinationRule)).Passed();
        (await Human.Apply(VirtualService)).Passed();
        (await Human.Apply(Rollout)).Passed();
        (await Human.Apply("{apiVersion: admissionguard.io/v1alpha1, kind: GuardPolicy, metadata: {name: all}, spec: {profile: baseline}}")).Passed();
        await Waiting.Until(
            async () => (await Human.Run($"delete destinationrule api -n {ns} --dry-run=server")).Status != 0,
            () => "the deletion is not judged"
        );
        await guard.UntilAllKnown();
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.Kubectl.Run("delete guardpolicies --all");
        if (guard is not null)
            await guard.DisposeAsync();
        await cluster.Kubectl.Run($"delete namespace {ns} --wait=false");
        await NamespaceController.LetGo(cluster.Kubectl, ns);
    }

    [Fact]
    public async Task What_a_Rollout_or_a_route_needs_is_not_deleted_and_in_the_right_order_all_goes()
    {
        var denied = await Human.Run($"delete destinationrule api -n {ns}");
        Assert.Contains("admission webhook \"deletions.admissionguard.io\" denied the request: ", denied.Error, StringComparison.Ordinal);
        Assert.Contains("  virtual-service-destinations  spec.subsets[0]\n", denied.Error, StringComparison.Ordinal);
        Assert.Contains("  rollout-references  ", denied.Error, StringComparison.Ordinal);
        Assert.Contains("  rollout-references  ", (await Human.Run($"delete virtualservice api -n {ns}")).Error, StringComparison.Ordinal);

        (await Human.Run($"delete rollout api -n {ns}")).Passed();
        // the server sees by its watch that the Rollout is gone
        await Waiting.Until(
            async () => (await Human.Run($"delete virtualservice api -n {ns} --ignore-not-found")).Status == 0,
            () => "the VirtualService cannot go though nobody needs it"
        );
        (await Human.Run($"delete service api -n {ns}")).Passed();
        await Waiting.Until(
            async () => (await Human.Run($"delete destinationrule api -n {ns} --ignore-not-found")).Status == 0,
            () => "the DestinationRule cannot go though nobody needs it"
        );
    }

    [Fact]
    public async Task A_subset_in_use_is_not_taken_away_and_another_may_come()
    {
        var without = DestinationRule.Replace(
            "{name: canary, labels: {version: v2}}",
            "{name: next, labels: {version: v2}}",
            StringComparison.Ordinal
        );
        Assert.Contains("  rollout-references  spec.subsets", (await Human.Apply(without)).Error, StringComparison.Ordinal);
        (await Human.Apply(DestinationRule.Replace("version: v2}}]", "version: v2}}]\n  exportTo: ['*']", StringComparison.Ordinal))).Passed();
    }

    [Theory]
    [InlineData("system:serviceaccount:kube-system:generic-garbage-collector")]
    [InlineData("system:serviceaccount:kube-system:namespace-controller")]
    [InlineData("system:serviceaccount:argo-rollouts:argo-rollouts")]
    public async Task Kubernetes_and_the_controllers_delete_what_they_must(string user) =>
        (await cluster.Kubectl.As(user).Run($"delete destinationrule api -n {ns} --dry-run=server")).Passed();

    [Fact]
    public async Task What_refers_to_something_that_is_not_there_yet_is_warned_and_not_refused()
    {
        var created = (
            await Human.Apply(
                Rollout
                    .Replace("name: api, namespace", "name: web, namespace", StringComparison.Ordinal)
                    .Replace("{name: api, routes", "{name: web, routes", StringComparison.Ordinal)
                    .Replace("{name: api, stableSubset", "{name: web, stableSubset", StringComparison.Ordinal),
                "--dry-run=server"
            )
        ).Passed();
        Assert.Contains("Warning: rollout-references: ", created.Error, StringComparison.Ordinal);
        Assert.Contains(
            "VirtualService web does not exist",
            created.Error.ReplaceLineEndings(" ").Replace(" Warning:  ", " ", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_audit_over_the_cluster_finds_what_got_past()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var status = await Program.Run(
            ["audit", "--kubeconfig", cluster.Kubeconfig, "--profile", "strict", "--output", "json", "--fail-on", "never"],
            new Terminal(Stream.Null, output, error, Colours: false),
            Waiting.Stop
        );
        Assert.Equal((0, ""), (status, error.ToString()));
        var mine = JsonNode.Parse(output.ToString())!["findings"]!
            .AsArray()
            .Where(f => (string?)f!["namespace"] == ns)
            .Select(f => $"{f!["action"]} {f["rule"]} {f["name"]}")
            .ToList();
        Assert.Contains("deny rollout-analysis api", mine);
        Assert.DoesNotContain(mine, f => f.Contains("rollout-references", StringComparison.Ordinal));
    }

    private string Service =>
        $$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: api, namespace: {{{ns}}}}
            spec: {selector: {app: api}, ports: [{name: http, port: 80}]}
            """;

    private string DestinationRule =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              host: api
              trafficPolicy:
                outlierDetection: {consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s, maxEjectionPercent: 50}
                connectionPool: {tcp: {maxConnections: 100}, http: {http1MaxPendingRequests: 100, http2MaxRequests: 100, maxRetries: 20}}
              subsets: [{name: stable, labels: {version: v1}}, {name: canary, labels: {version: v2}}]
            """;

    private string VirtualService =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              hosts: [api]
              http:
              - name: primary
                timeout: 3s
                route:
                - {destination: {host: api, subset: stable}, weight: 100}
                - {destination: {host: api, subset: canary}, weight: 0}
            """;

    private string Rollout =>
        $$$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              replicas: 4
              selector: {matchLabels: {app: api}}
              template: {metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: "api:1"}]}}
              strategy:
                canary:
                  trafficRouting:
                    istio:
                      virtualService: {name: api, routes: [primary]}
                      destinationRule: {name: api, stableSubsetName: stable, canarySubsetName: canary}
                  steps: [{setWeight: 10}, {pause: {duration: 10m}}, {setWeight: 50}, {pause: {duration: 10m}}]
            """;
}
