using System.Globalization;
using System.Text.RegularExpressions;

namespace AdmissionGuard.Cluster;

/// <summary>
/// Every server is dead and the configurations stand: what still works with the base, what with `fail-closed`, and how an admin gets out.
/// </summary>
public sealed partial class OutageTests(TestCluster cluster) : IAsyncLifetime
{
    private readonly string ns = "outage-" + Guid.NewGuid().ToString("N")[..8];
    private GuardServer? guard;

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    private Kubectl Controller => cluster.Kubectl.As(TestCluster.Controller);

    public async ValueTask InitializeAsync()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        // a rollout half way, as its controller left it
        (await Controller.Apply(Rollout("api:2", first: 10))).Passed();
        (await Controller.Apply(VirtualService(50, 50))).Passed();
        guard = await GuardServer.Start(cluster.Kubectl);
        await Waiting.Until(Denies, () => "the webhooks are not called");
    }

    public async ValueTask DisposeAsync()
    {
        if (guard is not null)
            await guard.DisposeAsync();
        await cluster.Kubectl.Run($"delete rollouts,virtualservices --all -n {ns}");
        await cluster.Kubectl.Run($"delete namespace {ns} {ns}-new --ignore-not-found --wait=false");
        foreach (var gone in (string[])[ns, ns + "-new"])
            await NamespaceController.LetGo(cluster.Kubectl, gone);
    }

    [Fact]
    public async Task With_the_base_everything_works_and_ways_back_too()
    {
        guard!.Kill();
        await WhatIsNotGuardedWorks();
        (await Human.Apply(Rollout("api:1", first: 10))).Passed();
        (
            await Human.Run(
                ["patch", "rollout/api", "-n", ns, "--type=merge", "--subresource=status", "-p", """{"status":{"abort":true}}"""],
                input: null
            )
        ).Passed();
        (await Human.Apply(VirtualService(100, 0))).Passed();
        Assert.Equal(
            "api:1 100",
            await Stored("rollout api", "{.spec.template.spec.containers[0].image}")
                + " "
                + await Stored("virtualservice api", "{.spec.http[0].route[0].weight}")
        );
        await guard.Restart();
        await Waiting.Until(Denies, () => "the server is back and not asked");
    }

    [Fact]
    public async Task With_fail_closed_people_wait_and_controllers_deletions_and_excluded_namespaces_do_not_and_there_is_a_way_out()
    {
        (
            await Human.Run(
                ["patch", "virtualservice/api", "-n", ns, "--type=merge", "-p", """{"metadata":{"finalizers":["example.com/held"]}}"""],
                input: null
            )
        ).Passed();
        await FailClosed();
        guard!.Kill();
        await UntilRefused();
        await WhatIsNotGuardedWorks();
        (await Controller.Apply(VirtualService(20, 80))).Passed();
        (await Human.Apply(VirtualService(0, 100).Replace(ns, "kube-system", StringComparison.Ordinal), "--dry-run=server")).Passed();
        (await Human.Run($"delete virtualservice api -n {ns} --wait=false")).Passed();
        Assert.NotEqual("", await Stored("virtualservice api", "{.metadata.deletionTimestamp}"));
        (
            await Human.Run(["patch", "virtualservice/api", "-n", ns, "--type=merge", "-p", """{"metadata":{"finalizers":null}}"""], input: null)
        ).Passed();
        Assert.Equal("", await Stored("virtualservice api", "{.metadata.name}"));

        // the way out of deploy/README.md, word for word, and back again
        (
            await Human.Run(
                [
                    "patch",
                    "validatingwebhookconfiguration",
                    "admissionguard",
                    "--type",
                    "json",
                    "-p",
                    WayOut().Match(Read("README.md")).Groups["patch"].Value,
                ],
                input: null
            )
        ).Passed();
        await UntilPasses();
        await FailClosed();
        await UntilRefused();
        await guard.Restart();
        await Waiting.Until(Denies, () => "the server is back and not asked");
        (await Human.Apply(VirtualService(100, 0), "--dry-run=server")).Passed();

        guard.Kill();
        await UntilRefused();
        const string all = "delete validatingwebhookconfiguration,mutatingwebhookconfiguration admissionguard";
        Assert.Contains(all, Read("README.md"), StringComparison.Ordinal);
        (await Human.Run(all)).Passed();
        await UntilPasses();
    }

    private async Task WhatIsNotGuardedWorks()
    {
        (
            await Human.Apply(
                $$$"""
                {apiVersion: v1, kind: Namespace, metadata: {name: {{{ns}}}-new} }
                ---
                {apiVersion: v1, kind: Pod, metadata: {name: api, namespace: {{{ns}}}-new}, spec: {containers: [{name: api, image: "api:1"}]} }
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: api, namespace: {{{ns}}}-new}
                spec:
                  selector: {matchLabels: {app: api}}
                  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: "api:1"}]} }
                """
            )
        ).Passed();
        (await Human.Run($"scale deployment/api -n {ns}-new --replicas=3")).Passed();
        (await Human.Run($"scale rollout/api -n {ns} --replicas=7")).Passed();
        Assert.Equal("7", await Stored("rollout api", "{.spec.replicas}"));
    }

    /// <summary>The patch of the component, as kustomize applies it.</summary>
    private async Task FailClosed()
    {
        var patch = Component()
            .Match(Read("components/fail-closed/kustomization.yaml"))
            .Groups["patch"]
            .Value.Replace("\n    ", "\n", StringComparison.Ordinal);
        Assert.Contains("failurePolicy: Fail", patch, StringComparison.Ordinal);
        (
            await cluster.Kubectl.Run(["patch", "validatingwebhookconfiguration", "admissionguard", "--type", "strategic", "-p", patch], input: null)
        ).Passed();
    }

    private async Task<bool> Denies() =>
        (await Human.Apply(Rollout("api:3", first: 100, "unsafe"), "--dry-run=server")).Error.Contains(
            "\"validate.admissionguard.io\" denied the request",
            StringComparison.Ordinal
        );

    private Task UntilRefused() =>
        Waiting.Until(
            async () =>
                await Human.Apply(VirtualService(100, 0), "--dry-run=server") is { Status: 1 } refused
                && refused.Error.Contains("failed calling webhook \"validate.admissionguard.io\"", StringComparison.Ordinal),
            () => "a human's write passes while nobody answers"
        );

    private Task UntilPasses() =>
        Waiting.Until(async () => (await Human.Apply(VirtualService(100, 0), "--dry-run=server")).Status == 0, () => "the way out leads nowhere");

    private async Task<string> Stored(string what, string path) =>
        (await cluster.Kubectl.Run($"get {what} -n {ns} --ignore-not-found -o jsonpath={path}")).Passed().Out;

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, "deploy", path));

    private string Rollout(string image, int first, string name = "api") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: {{{name}}}, namespace: {{{ns}}}}
            spec:
              selector: {matchLabels: {app: api}}
              template:
                metadata: {labels: {app: api}}
                spec: {containers: [{name: api, image: "{{{image}}}"}]}
              strategy: {canary: {steps: [{setWeight: {{{first}}} }, {pause: {duration: 5m} }]} }
            """
        );

    private string VirtualService(int stable, int canary) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              hosts: [api]
              http:
              - timeout: 3s
                retries: {attempts: 1, perTryTimeout: 1s}
                route:
                - {destination: {host: api, subset: stable}, weight: {{{stable}}} }
                - {destination: {host: api, subset: canary}, weight: {{{canary}}} }
            """
        );

    [GeneratedRegex("-p '(?<patch>\\[.*\"value\":\"Ignore\".*\\])'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WayOut();

    [GeneratedRegex("^- patch: [|]-(?<patch>(?:\n    .*)+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Component();
}
