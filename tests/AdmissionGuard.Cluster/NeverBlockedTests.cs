using System.Globalization;
using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

/// <summary>
/// What must never be refused (docs/how-changes-are-judged.md#never-blocked), on objects that break rules: they were stored by an account that is not
/// reviewed, as if before AdmissionGuard was there.
/// </summary>
public sealed class NeverBlockedTests(TestCluster cluster, SharedGuard shared) : IClassFixture<SharedGuard>, IAsyncLifetime
{
    private const string Flagger = "system:serviceaccount:flagger-system:flagger";
    private const string ArgoCd = "system:serviceaccount:argocd:argocd-application-controller";
    private const string Collector = "system:serviceaccount:kube-system:generic-garbage-collector";
    private const string Scaler = "system:serviceaccount:kube-system:horizontal-pod-autoscaler";

    private readonly string ns = "never-" + Guid.NewGuid().ToString("N")[..8];

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    private Kubectl Controller => cluster.Kubectl.As(TestCluster.Controller);

    public async ValueTask InitializeAsync()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        (
            await cluster.Kubectl.Run(
                $"create clusterrolebinding {ns} --clusterrole=cluster-admin --user={Flagger} --user={ArgoCd} --user={Collector} --user={Scaler}"
            )
        ).Passed();
        await shared.Start(Rollout("api:1"), DestinationRule(Detection));
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.Kubectl.Run($"delete clusterrolebinding {ns} --ignore-not-found");
        await cluster.Kubectl.Run($"delete namespace {ns} --wait=false --ignore-not-found");
    }

    [Fact]
    public async Task Argo_Rollouts_writes_routes_weights_and_hashes_as_it_likes()
    {
        (await Human.Apply(VirtualService(100, 0))).Passed();
        foreach (var (stable, canary) in ((int, int)[])[(0, 100), (100, 0), (0, 100)])
            (await Controller.Run(["replace", "-f", "-"], VirtualService(stable, canary))).Passed();
        (
            await Patch(
                Controller,
                "virtualservice/api",
                """
                [{"op":"add","path":"/spec/http/0","value":{"name":"header","route":[{"destination":{"host":"api",
                "subset":"canary"},"weight":100}]}}]
                """
            )
        ).Passed();
        (await Patch(Controller, "virtualservice/api", """[{"op":"move","from":"/spec/http/0","path":"/spec/http/1"}]""")).Passed();
        (await Patch(Controller, "virtualservice/api", """[{"op":"remove","path":"/spec/http/1"}]""")).Passed();
        (
            await Patch(
                Controller,
                "virtualservice/api",
                """
                [{"op":"replace","path":"/spec/http/0/route/0/destination/subset","value":"canary"},
                {"op":"replace","path":"/spec/http/0/route/1/destination/subset","value":"stable"}]
                """
            )
        ).Passed();

        (await Controller.Apply(DestinationRule(Zeros))).Passed();
        var before = await Get("destinationrule/api");
        (await Controller.Run(["replace", "-f", "-"], before.ToJsonString())).Passed();
        Assert.Equal(before["spec"]!.ToJsonString(), (await Get("destinationrule/api"))["spec"]!.ToJsonString());
        (
            await Patch(
                Controller,
                "destinationrule/api",
                """
                [{"op":"add","path":"/spec/subsets/1/labels","value":{"rollouts-pod-template-hash":"6b7c"}},
                {"op":"add","path":"/metadata/annotations/argo-rollouts.argoproj.io~1managed-by-rollouts",
                "value":"api"}]
                """
            )
        ).Passed();
        (await Patch(Controller, "destinationrule/api", """[{"op":"remove","path":"/spec/subsets/1"}]""")).Passed();

        (await Controller.Apply(Rollout("api:1"))).Passed();
        (await Controller.Run($"annotate rollout/api -n {ns} rollout.argoproj.io/revision=7")).Passed();
        (await Patch(Controller, "rollout/api", """{"status":{"stableRS":"6b7c","currentPodHash":"6b7c"}}""", "--subresource=status")).Passed();
        (await Controller.Run($"create service clusterip api -n {ns} --tcp=80")).Passed();
        (await Patch(Controller, "service/api", """{"spec":{"selector":{"rollouts-pod-template-hash":"6b7c"}}}""")).Passed();
    }

    [Fact]
    public async Task Flagger_creates_shifts_and_deletes_its_children_and_they_are_left_as_it_writes_them()
    {
        var flagger = cluster.Kubectl.As(Flagger);
        (await flagger.Apply(DestinationRule("", Owner("Canary", "flagger.app/v1beta1")))).Passed();
        (await flagger.Apply(VirtualService(100, 0, metadata: Owner("Canary", "flagger.app/v1beta1")))).Passed();
        foreach (var (stable, canary) in ((int, int)[])[(0, 100), (100, 0)])
        {
            (await flagger.Run(["replace", "-f", "-"], VirtualService(stable, canary, metadata: Owner("Canary", "flagger.app/v1beta1")))).Passed();
        }
        // else the two would write over each other for ever, whoever touches the object
        (await Human.Run($"label destinationrule/api virtualservice/api -n {ns} team=pay")).Passed();
        Assert.Null((await Get("destinationrule/api"))["spec"]!["trafficPolicy"]);
        (await flagger.Run($"delete destinationrule/api virtualservice/api -n {ns}")).Passed();
    }

    [Fact]
    public async Task Every_way_back_is_open_on_a_Rollout_that_breaks_rules()
    {
        (await Controller.Apply(Rollout("api:1"))).Passed();
        (await Controller.Apply(Rollout("api:2"))).Passed();
        (
            await Patch(
                Controller,
                "rollout/api",
                """{"status":{"stableRS":"6b7c","currentPodHash":"9d1f","currentStepIndex":0,"phase":"Progressing"}}""",
                "--subresource=status"
            )
        ).Passed();
        (await Patch(Human, "rollout/api", """{"spec":{"paused":true}}""")).Passed();
        (await Patch(Human, "rollout/api", """{"status":{"abort":true}}""", "--subresource=status")).Passed();
        (await Patch(Human, "rollout/api", """{"spec":{"restartAt":"2026-11-21T12:00:00Z"}}""")).Passed();
        var stable = """{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[{"name":"api","image":"api:0"}]}}""";
        (await Patch(Human, "rollout/api", $$"""[{"op":"replace","path":"/spec/template","value":{{stable}}}]""")).Passed();
        foreach (var options in (string[])["", "--server-side --force-conflicts"])
        {
            (await cluster.Kubectl.As(ArgoCd).Apply(Rollout("api:1"), options)).Passed(); // Git reverted
            Assert.Equal("api:1", (string?)(await Get("rollout/api"))["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
            (await Controller.Apply(Rollout("api:2"))).Passed();
        }
        (await cluster.Kubectl.As(Scaler).Run($"scale rollout/api -n {ns} --replicas=7")).Passed();
        Assert.Equal(7, (int?)(await Get("rollout/api"))["spec"]!["replicas"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--server-side --force-conflicts")]
    public async Task Weights_go_back_to_the_stable_version_in_mid_canary_by_hand_and_by_GitOps(string options)
    {
        (await Controller.Apply(VirtualService(100, 0, attempts: 10))).Passed();
        foreach (var user in (Kubectl[])[Human, cluster.Kubectl.As(ArgoCd)])
        {
            (
                await Patch(
                    Controller,
                    "virtualservice/api",
                    """
                    [{"op":"replace","path":"/spec/http/0/route/0/weight","value":0},{"op":"replace",
                    "path":"/spec/http/0/route/1/weight","value":100}]
                    """
                )
            ).Passed();
            (await user.Apply(VirtualService(100, 0, attempts: 10), options)).Passed();
            Assert.Equal(100, (int?)(await Get("virtualservice/api"))["spec"]!["http"]![0]!["route"]![0]!["weight"]);
        }
    }

    [Fact]
    public async Task Deletions_pass_with_finalizers_in_the_foreground_of_a_whole_collection_and_of_the_namespace()
    {
        (await StoreAll()).Passed();
        var all = $"rollout/api virtualservice/api destinationrule/api -n {ns}";
        (
            await Human.Run(["patch", .. all.Split(' '), "--type=merge", "-p", """{"metadata":{"finalizers":["example.com/held"]}}"""], input: null)
        ).Passed();
        (await Human.Run($"delete {all} --cascade=foreground --wait=false")).Passed();
        Assert.NotNull((await Get("virtualservice/api"))["metadata"]!["deletionTimestamp"]);
        (await Human.Run($"label {all} going=yes")).Passed();
        (
            await cluster
                .Kubectl.As(Collector)
                .Run(["patch", .. all.Split(' '), "--type=merge", "-p", """{"metadata":{"finalizers":null}}"""], input: null)
        ).Passed();
        Assert.Empty(await Left());

        (await StoreAll()).Passed();
        await Clear(Human);
        Assert.Empty(await Left());

        (await StoreAll()).Passed();
        (await Human.Run($"delete namespace {ns} --wait=false")).Passed();
        await Clear(cluster.Kubectl.As(Collector)); // as the namespace controller does it, which does not run here
        Assert.Empty(await Left());
    }

    [Fact]
    public async Task Metadata_may_change_on_objects_that_break_rules()
    {
        (await StoreAll()).Passed();
        foreach (var what in (string[])["rollout/api", "virtualservice/api", "destinationrule/api"])
        {
            (await Human.Run($"label {what} -n {ns} team=pay")).Passed();
            (await Human.Run($"annotate {what} -n {ns} note=kept")).Passed();
            (await Patch(Human, what, $$"""{"metadata":{ {{Owner("Rollout", "argoproj.io/v1alpha1")}} } }""")).Passed();
            (await Patch(Human, what, """{"metadata":{"ownerReferences":null,"finalizers":["example.com/held"]}}""")).Passed();
            (await Patch(Human, what, """{"metadata":{"managedFields":[{}],"finalizers":null}}""")).Passed();
            (await Human.Run(["replace", "-f", "-"], (await Get(what)).ToJsonString())).Passed();
        }
    }

    [Fact]
    public async Task A_dry_run_has_the_verdict_of_the_write_and_keeps_nothing()
    {
        (await Human.Apply(VirtualService(90, 10))).Passed();
        foreach (
            var (manifest, passes) in ((string, bool)[])
                [
                    (Rollout("api:1"), false),
                    (VirtualService(0, 100), false),
                    (DestinationRule(Zeros), false),
                    (VirtualService(60, 40), true),
                    (DestinationRule(Detection), true),
                ]
        )
        {
            foreach (var options in (string[])["", "--server-side --force-conflicts"])
            {
                var before = await Versions();
                var tried = await Human.Apply(manifest, options + " --dry-run=server");
                var difference = await Human.Run(["diff", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-f", "-"], manifest);
                Assert.Equal(before, await Versions());
                var written = await Human.Apply(manifest, options);
                Assert.Equal((passes ? 0 : 1, Said(written)), (tried.Status, Said(tried)));
                Assert.Equal(tried.Status, written.Status);
                Assert.Equal(passes, !difference.Error.Contains("denied the request", StringComparison.Ordinal));
                Assert.Equal(passes, difference.Status <= 1); // 1: there is a difference
            }
        }
    }

    [Fact]
    public async Task A_repair_passes_where_other_faults_stay()
    {
        (await StoreAll()).Passed();
        Assert.Contains(
            "Warning: ",
            (
                await Patch(
                    Human,
                    "destinationrule/api",
                    """[{"op":"replace","path":"/spec/trafficPolicy/connectionPool/tcp/maxConnections","value":100}]"""
                )
            )
                .Passed()
                .Error,
            StringComparison.Ordinal
        );
        Assert.NotEqual(
            0,
            (
                await Patch(
                    Human,
                    "destinationrule/api",
                    """[{"op":"replace","path":"/spec/trafficPolicy/connectionPool/tcp/maxConnections","value":0}]"""
                )
            ).Status
        );
        Assert.Contains(
            "Warning: ",
            (await Patch(Human, "virtualservice/api", """[{"op":"replace","path":"/spec/http/0/retries/attempts","value":8}]""")).Passed().Error,
            StringComparison.Ordinal
        );
        Assert.NotEqual(
            0,
            (await Patch(Human, "virtualservice/api", """[{"op":"replace","path":"/spec/http/0/retries/attempts","value":9}]""")).Status
        );
        foreach (
            var steps in (string[])
                [
                    """[{"setWeight":70},{"pause":{"duration":"5m"}}]""",
                    """[{"setWeight":40},{"pause":{"duration":"5m"}},{"setWeight":95},{"pause":{"duration":"5m"}}]""",
                ]
        )
        {
            (await Patch(Human, "rollout/api", $$"""{"spec":{"strategy":{"canary":{"steps":{{steps}} } } } }""")).Passed();
        }
    }

    /// <summary>Each kind by one request that deletes the collection.</summary>
    private async Task Clear(Kubectl user)
    {
        foreach (
            var (version, kind) in ((string, string)[])
                [("argoproj.io/v1alpha1", "rollouts"), ("networking.istio.io/v1", "virtualservices"), ("networking.istio.io/v1", "destinationrules")]
        )
        {
            (await user.Run($"delete --raw /apis/{version}/namespaces/{ns}/{kind}")).Passed();
        }
    }

    /// <summary>Without what kubectl says of its own annotation, in a dry run alone.</summary>
    private static string Said(Outcome outcome) =>
        string.Join('\n', outcome.Error.Split('\n').Where(l => !l.Contains("last-applied-configuration", StringComparison.Ordinal)));

    private Task<Outcome> StoreAll() =>
        Controller.Apply(string.Join("\n---\n", Rollout("api:1"), VirtualService(100, 0, attempts: 10), DestinationRule(Zeros)));

    private static string[] Kind(string patch) => patch.StartsWith('[') ? ["--type=json"] : ["--type=merge"];

    private Task<Outcome> Patch(Kubectl user, string what, string patch, params string[] options) =>
        user.Run(["patch", what, "-n", ns, .. Kind(patch), "-p", patch, .. options], input: null);

    private async Task<JsonNode> Get(string what) => JsonNode.Parse((await cluster.Kubectl.Run($"get {what} -n {ns} -o json")).Passed().Out)!;

    private async Task<string> Left() => (await cluster.Kubectl.Run($"get rollouts,virtualservices,destinationrules -n {ns} -o name")).Passed().Out;

    private async Task<string> Versions() =>
        (await cluster.Kubectl.Run($"get rollouts,virtualservices,destinationrules -n {ns} -o jsonpath={{.items[*].metadata.resourceVersion}}"))
            .Passed()
            .Out;

    private static string Owner(string kind, string version) =>
        $$"""
            "ownerReferences": [{"apiVersion": "{{version}}", "kind": "{{kind}}", "name": "api",
             "uid": "5b0b3a0e-95d8-4d51-9d5a-9e3ab6f1c111", "controller": true}]
            """;

    private const string Detection = ", trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s}}";

    private const string Zeros = ", trafficPolicy: {connectionPool: {tcp: {maxConnections: 0}, http: {maxRetries: 0}}}";

    private string DestinationRule(string spec, string metadata = "") =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: api, namespace: {{{ns}}}, {{{metadata}}} }
            spec: {host: api, subsets: [{name: stable, labels: {v: a}}, {name: canary, labels: {v: b}}]{{{spec}}}}
            """;

    private string VirtualService(int stable, int canary, int attempts = 1, string metadata = "") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: api, namespace: {{{ns}}}, {{{metadata}}} }
            spec:
              hosts: [api]
              http:
              - timeout: 20s
                retries: {attempts: {{{attempts}}}, perTryTimeout: 1s}
                route:
                - {destination: {host: api, subset: stable}, weight: {{{stable}}}}
                - {destination: {host: api, subset: canary}, weight: {{{canary}}}}
            """
        );

    private string Rollout(string image) =>
        $$$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              replicas: 3
              selector: {matchLabels: {app: api}}
              template:
                metadata: {labels: {app: api}}
                spec: {containers: [{name: api, image: "{{{image}}}"}]}
              strategy: {canary: {steps: [{setWeight: 100}]}}
            """;
}
