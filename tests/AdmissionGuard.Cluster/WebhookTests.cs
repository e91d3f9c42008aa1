using System.Globalization;
using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

/// <summary>What a user sees with kubectl while the real server stands in front of a real API server.</summary>
public sealed class WebhookTests(TestCluster cluster) : IAsyncLifetime
{
    private readonly string ns = "shop-" + Guid.NewGuid().ToString("N")[..8];
    private GuardServer? guard;

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    private Kubectl Controller => cluster.Kubectl.As(TestCluster.Controller);

    public async ValueTask InitializeAsync()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        guard = await GuardServer.Start(cluster.Kubectl);
        // the API server takes up a new configuration a moment after it is stored
        await Waiting.Until(async () => (await Human.Apply(UnsafeRollout, "--dry-run=server")).Status != 0, () => "the webhooks are not called");
        await Waiting.Until(
            async () => (await Human.Apply(DestinationRule, "--dry-run=server -o json")).Out.Contains("connectionPool", StringComparison.Ordinal),
            () => "nothing is injected"
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (guard is not null)
            await guard.DisposeAsync();
    }

    [Fact]
    public async Task An_unsafe_Rollout_is_denied_in_the_terminal_with_our_words()
    {
        var denied = await Human.Apply(UnsafeRollout);
        Assert.Equal(1, denied.Status);
        Assert.Contains(
            $"admission webhook \"validate.admissionguard.io\" denied the request: 2 problems in Rollout {ns}/api (policy baseline)",
            denied.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\n  rollout-first-step  spec.strategy.canary.steps[0].setWeight\n    the first step sends 100 % of users to the new version, at "
                + "most 50 % allowed\n    write:  - setWeight: 10\n",
            denied.Error,
            StringComparison.Ordinal
        );
        Assert.NotEqual(0, (await Human.Run($"get rollout api -n {ns}")).Status);
        foreach (var options in (string[])["--dry-run=server", "--server-side", "--server-side --dry-run=server"])
        {
            Assert.Contains("rollout-first-step", (await Human.Apply(UnsafeRollout, options)).Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("--server-side")]
    public async Task A_DestinationRule_comes_back_with_its_pool_and_a_second_apply_changes_nothing(string options)
    {
        var first = (await Human.Apply(DestinationRule, options)).Passed();
        Assert.Contains(
            "Warning: destination-rule-connection-pool: default injected at spec.trafficPolicy.connectionPool",
            first.Error,
            StringComparison.Ordinal
        );
        var stored = await Get("destinationrule/api");
        Assert.Equal(10000, (int?)stored["spec"]!["trafficPolicy"]!["connectionPool"]!["tcp"]!["maxConnections"]);
        for (var again = 0; again < 3; again++)
        {
            (await Human.Apply(DestinationRule, options)).Passed();
            (await Human.Apply(DestinationRule, options + " --dry-run=server")).Passed();
        }
        var after = await Get("destinationrule/api");
        Assert.Equal(1, Generation(after));
        Assert.Equal(stored["metadata"]!["resourceVersion"]!.ToString(), after["metadata"]!["resourceVersion"]!.ToString());
        var diff = await Human.Run(["diff", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-f", "-"], DestinationRule);
        Assert.True(diff.Status == 0, diff.Out + diff.Error);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    [InlineData("v1alpha3")]
    public async Task Every_served_version_is_judged_alike(string version)
    {
        (await Human.Apply(VirtualService(90, 10, version))).Passed();
        var denied = await Human.Apply(VirtualService(0, 100, version));
        Assert.Contains("virtual-service-weight-increase", denied.Error, StringComparison.Ordinal);
        Assert.Contains("denied the request", denied.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jump_of_weight_is_denied_for_a_human_and_allowed_for_Argo_Rollouts_and_the_way_back_is_free()
    {
        (await Human.Apply(VirtualService(90, 10))).Passed();
        Assert.Equal(1, (await Human.Apply(VirtualService(0, 100))).Status);
        (await Controller.Apply(VirtualService(0, 100))).Passed();
        Assert.Equal(100, (int?)(await Get("virtualservice/api"))["spec"]!["http"]![0]!["route"]![1]!["weight"]);
        (await Human.Apply(VirtualService(100, 0))).Passed();
    }

    [Fact]
    public async Task What_exists_is_not_frozen()
    {
        // as it stood before AdmissionGuard was there: the controller's writes are not reviewed
        (await Controller.Apply(UnsafeRollout)).Passed();
        (await Human.Run($"scale rollout/api -n {ns} --replicas=5")).Passed();
        (
            await Human.Run(
                ["patch", "rollout/api", "-n", ns, "--subresource=status", "--type=merge", "-p", """{"status":{"HPAReplicas":5}}"""],
                input: null
            )
        ).Passed();
        (await Human.Run($"label rollout/api -n {ns} team=pay")).Passed();
        (await Human.Run($"annotate rollout/api -n {ns} note=kept")).Passed();
        var image = await Human.Run(
            [
                "patch",
                "rollout/api",
                "-n",
                ns,
                "--type=merge",
                "-p",
                """{"spec":{"template":{"spec":{"containers":[{"name":"api","image":"api:2"}]}}}}""",
            ],
            input: null
        );
        Assert.Contains("Warning: ", image.Passed().Error, StringComparison.Ordinal);
        var stored = await Get("rollout/api");
        Assert.Equal(5, (int?)stored["spec"]!["replicas"]);
        Assert.Equal(5, (int?)stored["status"]!["HPAReplicas"]);
    }

    [Fact]
    public async Task An_object_on_its_way_out_is_let_go()
    {
        (await Controller.Apply(UnsafeRollout)).Passed();
        (
            await Human.Run(
                ["patch", "rollout/api", "-n", ns, "--type=merge", "-p", """{"metadata":{"finalizers":["example.com/held"]}}"""],
                input: null
            )
        ).Passed();
        (await Human.Run($"delete rollout/api -n {ns} --wait=false")).Passed();
        Assert.NotNull((await Get("rollout/api"))["metadata"]!["deletionTimestamp"]);
        (await Human.Run(["patch", "rollout/api", "-n", ns, "--type=merge", "-p", """{"metadata":{"finalizers":null}}"""], input: null)).Passed();
        Assert.Contains("NotFound", (await Human.Run($"get rollout/api -n {ns}")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_server_dead_everything_passes()
    {
        guard!.Kill();
        (await Human.Apply(UnsafeRollout)).Passed();
        (await Human.Apply(DestinationRule)).Passed();
        Assert.Null((await Get("destinationrule/api"))["spec"]!["trafficPolicy"]!["connectionPool"]);
        (await Human.Apply(VirtualService(90, 10))).Passed();
        (await Human.Apply(VirtualService(0, 100))).Passed();
        (await Human.Run($"delete rollout/api -n {ns}")).Passed();
    }

    private async Task<JsonNode> Get(string what) => JsonNode.Parse((await cluster.Kubectl.Run($"get {what} -n {ns} -o json")).Passed().Out)!;

    private static int Generation(JsonNode stored) => (int)stored["metadata"]!["generation"]!;

    private string UnsafeRollout =>
        $$$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              replicas: 3
              selector: {matchLabels: {app: api}}
              template:
                metadata: {labels: {app: api}}
                spec: {containers: [{name: api, image: "api:1"}]}
              strategy:
                canary:
                  steps:
                  - setWeight: 100
            """;

    private string DestinationRule =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              host: api
              trafficPolicy:
                outlierDetection: {consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s}
            """;

    private string VirtualService(int stable, int canary, string version = "v1") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            apiVersion: networking.istio.io/{{{version}}}
            kind: VirtualService
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              hosts: [api]
              http:
              - timeout: 3s
                retries: {attempts: 1, perTryTimeout: 1s}
                route:
                - {destination: {host: api, subset: stable}, weight: {{{stable}}}}
                - {destination: {host: api, subset: canary}, weight: {{{canary}}}}
            """
        );
}
