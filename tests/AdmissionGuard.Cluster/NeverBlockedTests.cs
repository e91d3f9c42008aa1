using System.Globalization;
using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

/// <summary>
/// What must never be refused (docs/how-changes-are-judged.md#never-blocked), on objects that break rules: they were stored by an account that is not
/// reviewed, as if before AdmissionGuard was there.
/// </summary>
public sealed partial class NeverBlockedTests(TestCluster cluster, SharedGuard shared) : IClassFixture<SharedGuard>, IAsyncLifetime
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

    private static string[] Kind(string patch) => patch.StartsWith('[') ? ["--type=json"] : ["--type=merge"];

    private Task<Outcome> Patch(Kubectl user, string what, string patch, params string[] options) =>
        user.Run(["patch", what, "-n", ns, .. Kind(patch), "-p", patch, .. options], input: null);
}
