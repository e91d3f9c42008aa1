using System.Text;
using System.Text.Json.Nodes;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Cluster;

/// <summary>Manifests that are applied again and again, as Argo CD and Flux do it, while defaults are injected into what they apply.</summary>
public sealed class GitOpsTests(TestCluster cluster, SharedGuard shared) : IClassFixture<SharedGuard>, IAsyncLifetime
{
    private const string Manager = "argocd-controller";

    private readonly string ns = "gitops-" + Guid.NewGuid().ToString("N")[..8];

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    private Dictionary<string, JsonNode> Git =>
        new(StringComparer.Ordinal)
        {
            ["rollouts"] = Manifest(
                "argoproj.io/v1alpha1",
                "Rollout",
                """
                {
                  "replicas": 3,
                  "selector": {"matchLabels": {"app": "api"} },
                  "template": {"metadata": {"labels": {"app": "api"} }, "spec": {"containers": [{"name": "api", "image": "api:1"}]} },
                  "strategy": {"canary": {
                    "analysis": {"templates": [{"templateName": "success-rate"}]},
                    "steps": [{"setWeight": 10}, {"pause": {"duration": "5m"} }, {"setWeight": 50}, {"pause": {"duration": "5m"} }]
                  } }
                }
                """
            ),
            ["virtualservices"] = Manifest(
                "networking.istio.io/v1",
                "VirtualService",
                """
                {"hosts": ["api"], "http": [{"timeout": "3s", "route": [
                  {"destination": {"host": "api", "subset": "stable"}, "weight": 100},
                  {"destination": {"host": "api", "subset": "canary"}, "weight": 0}
                ]}]}
                """
            ),
            ["destinationrules"] = Manifest(
                "networking.istio.io/v1",
                "DestinationRule",
                """
                {
                  "host": "api",
                  "subsets": [{"name": "stable", "labels": {"app": "api"} }, {"name": "canary", "labels": {"app": "api"} }],
                  "trafficPolicy": {"outlierDetection": {"consecutive5xxErrors": 5, "interval": "10s", "baseEjectionTime": "30s"} }
                }
                """
            ),
        };

    private string Everything =>
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "List",
            ["items"] = new JsonArray([.. Git.Values]),
        }.ToJsonString();

    public async ValueTask InitializeAsync()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        var rollout = Git["rollouts"];
        rollout["spec"]!["strategy"]!["canary"]!["steps"] = new JsonArray(new JsonObject { ["setWeight"] = 100 });
        await shared.Start(rollout.ToJsonString(), Git["destinationrules"].ToJsonString());
    }

    public async ValueTask DisposeAsync() => await cluster.Kubectl.Run($"delete namespace {ns} --wait=false --ignore-not-found");

    [Fact]
    public async Task The_same_manifests_over_and_over_make_no_new_generation()
    {
        (await Human.Apply(Everything)).Passed();
        var first = await Live();
        Assert.NotNull(first["virtualservices"]["spec"]!["http"]![0]!["retries"]);
        Assert.NotNull(first["destinationrules"]["spec"]!["trafficPolicy"]!["connectionPool"]);
        for (var again = 1; again < 10; again++)
            (await Human.Apply(Everything)).Passed();
        Same(first, await Live());

        using var api = cluster.Connect();
        var git = Git.Select(g => (Resource: ResourceOf(g.Key, g.Value), Body: Encoding.UTF8.GetBytes(g.Value.ToJsonString()))).ToList();
        foreach (var (resource, body) in git)
            await api.Apply(resource, ns, "api", body, Waiting.Stop, fieldManager: Manager);
        var applied = await Live(); // another owner of the fields, and no more
        Assert.All(applied.Values, o => Assert.Equal(1, (int?)o["metadata"]!["generation"]));
        for (var again = 1; again < 100; again++)
        {
            foreach (var (resource, body) in git)
                await api.Apply(resource, ns, "api", body, Waiting.Stop, fieldManager: Manager);
        }
        Same(applied, await Live());
    }

    [Fact]
    public async Task Of_Argo_CDs_diff_modes_only_the_structured_merge_shows_what_was_injected_into_a_list_and_the_remedy_is_written_down()
    {
        (await Apply("")).Passed();
        var live = await Live();
        var dryRun = Read((await Apply("--dry-run=server")).Passed().Out);
        foreach (var (kind, git) in Git)
        {
            Assert.Equal(live[kind]["metadata"]!["resourceVersion"]!.ToString(), dryRun[kind]["metadata"]!["resourceVersion"]!.ToString());
            Assert.Empty(ArgoCdDiff.Legacy(live[kind], git));
            Assert.Empty(ArgoCdDiff.ServerSide(live[kind], dryRun[kind]));
            Assert.Equal(kind == "virtualservices" ? [".spec.http[0].retries"] : [], ArgoCdDiff.StructuredMerge(live[kind], git));
        }
        // nobody owns what was injected into a map, so a prediction that has it and a live object that lacks it are the same
        live["destinationrules"]["spec"]!["trafficPolicy"]!.AsObject().Remove("connectionPool");
        Assert.Empty(ArgoCdDiff.ServerSide(live["destinationrules"], dryRun["destinationrules"]));
        var remedies = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "README.md"), Waiting.Stop);
        foreach (
            var remedy in (string[])
                ["argocd.argoproj.io/compare-options: ServerSideDiff=true", "jqPathExpressions:\n       - .spec.http[]?.retries\n"]
        )
            Assert.Contains(remedy, remedies, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_stored_before_AdmissionGuard_was_there_stays_in_sync_in_every_mode()
    {
        (
            await cluster.Kubectl.As(TestCluster.Controller).Run(["apply", "--server-side", $"--field-manager={Manager}", "-f", "-"], Everything)
        ).Passed();
        var live = await Live();
        Assert.Null(live["destinationrules"]["spec"]!["trafficPolicy"]!["connectionPool"]);
        var dryRun = Read((await Apply("--dry-run=server")).Passed().Out);
        foreach (var (kind, git) in Git)
        {
            Assert.Empty(ArgoCdDiff.Legacy(live[kind], git));
            Assert.Empty(ArgoCdDiff.ServerSide(live[kind], dryRun[kind]));
            Assert.Empty(ArgoCdDiff.StructuredMerge(live[kind], git));
        }
        (await Apply("")).Passed();
        Same(live, await Live());
    }

    private Task<Outcome> Apply(string options) =>
        Human.Run(
            [
                "apply",
                "--server-side",
                "--force-conflicts",
                $"--field-manager={Manager}",
                "--show-managed-fields",
                "-o",
                "json",
                .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                "-f",
                "-",
            ],
            Everything
        );

    private async Task<Dictionary<string, JsonNode>> Live() =>
        Read((await cluster.Kubectl.Run($"get rollouts,virtualservices,destinationrules -n {ns} -o json")).Passed().Out);

    private static Dictionary<string, JsonNode> Read(string list) =>
        JsonNode.Parse(list)!["items"]!.AsArray().ToDictionary(o => $"{o!["kind"]}s".ToLowerInvariant(), o => o!, StringComparer.Ordinal);

    private static void Same(Dictionary<string, JsonNode> before, Dictionary<string, JsonNode> after) => Assert.All(before, o =>
        {
            Assert.Equal(1, (int?)after[o.Key]["metadata"]!["generation"]);
            Assert.Equal(o.Value["metadata"]!["resourceVersion"]!.ToString(), after[o.Key]["metadata"]!["resourceVersion"]!.ToString());
        });

    private static Resource ResourceOf(string plural, JsonNode manifest)
    {
        var version = ((string)manifest["apiVersion"]!).Split('/');
        return new Resource(version[0], version[1], plural);
    }

    private JsonObject Manifest(string version, string kind, string spec) =>
        new()
        {
            ["apiVersion"] = version,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = "api", ["namespace"] = ns },
            ["spec"] = JsonNode.Parse(spec),
        };
}
