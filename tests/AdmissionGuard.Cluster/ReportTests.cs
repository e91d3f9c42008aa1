using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AdmissionGuard.Certificates;
using AdmissionGuard.Tests;

namespace AdmissionGuard.Cluster;

/// <summary>The audit as reports of a real API server, by servers that have the rights of the base and no other.</summary>
public sealed partial class ReportTests(TestCluster cluster) : IAsyncLifetime
{
    private const string Account = "system:serviceaccount:admissionguard:admissionguard";
    private const string Policies = "policyreports.wgpolicyk8s.io";
    private const string Open = "reports.openreports.io";

    private readonly string ns = "report-" + Guid.NewGuid().ToString("N")[..8];
    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-reports").FullName;
    private readonly List<Daemon> replicas = [];

    private Kubectl Admin => cluster.Kubectl;

    private static string Definitions(string file) => Path.Combine(Repository.Root, "tests", "AdmissionGuard.Cluster", "reports", file);

    public async ValueTask InitializeAsync()
    {
        await NamespaceController.LetGo(Admin, "admissionguard");
        foreach (var file in (string[])["crd.yaml", "namespace.yaml", "rbac.yaml"])
            (await Admin.Run(["apply", "-f", Path.Combine(Repository.Root, "deploy", "base", file)], input: null)).Passed();
        await Install("policyreports.yaml", Policies);
        (await Admin.Run($"create namespace {ns}")).Passed();
        await Waiting.Until(async () => (await Admin.Run("get guardpolicies")).Status == 0, () => "guardpolicies are not served");
        (
            await Admin.Apply(
                """
                apiVersion: admissionguard.io/v1alpha1
                kind: GuardPolicy
                metadata: {name: payments}
                spec: {rules: [{rule: rollout-first-step}, {rule: destination-rule-outlier-detection}]}
                """
            )
        ).Passed();
        using var made = new CertificateFolder(Path.Combine(folder, "certs")).ReadOrMake(
            DateTimeOffset.UtcNow,
            ["localhost"],
            [IPAddress.Loopback],
            out _
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas)
            replica.Dispose();
        await Admin.Run("delete guardpolicies --all");
        await Admin.Run("delete -f " + Definitions("policyreports.yaml") + " -f " + Definitions("openreports.yaml") + " --ignore-not-found");
        await Admin.Run("delete clusterrolebinding,clusterrole admissionguard --ignore-not-found");
        await Admin.Run("delete namespace admissionguard --ignore-not-found --wait=false");
        await NamespaceController.LetGo(Admin, "admissionguard");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_is_stored_is_reported_once_and_the_report_goes_with_the_last_finding()
    {
        (await Admin.Apply(Rollout("api", 100))).Passed();
        await Serve("auto");
        var report = await Until(Policies, r => (int?)r["summary"]!["fail"] == 1);
        var result = Assert.Single(report["results"]!.AsArray())!;
        Assert.Equal(
            ("rollout-first-step", "payments", "fail", "high", "admissionguard"),
            ((string?)result["rule"], (string?)result["policy"], (string?)result["result"], (string?)result["severity"], (string?)result["source"])
        );
        Assert.Equal("Rollout", (string?)result["resources"]![0]!["kind"]);
        Assert.Equal(
            (await Admin.Run($"get rollout api -n {ns} -o jsonpath={{.metadata.uid}}")).Passed().Out,
            (string?)result["resources"]![0]!["uid"]
        );
        Assert.Equal("spec.strategy.canary.steps[0].setWeight", (string?)result["properties"]!["path"]);
        Assert.Equal("IgnoreExtraneous", (string?)report["metadata"]!["annotations"]!["argocd.argoproj.io/compare-options"]);
        Assert.Equal("Prune=false", (string?)report["metadata"]!["annotations"]!["argocd.argoproj.io/sync-options"]);
        Assert.Null(report["metadata"]!["ownerReferences"]);

        // what makes no other finding writes nothing: a label, and an object of another namespace whose report shows that the round is over
        (await Admin.Run($"label rollout api -n {ns} team=pay")).Passed();
        (await Admin.Run($"create namespace {ns}-b")).Passed();
        (await Admin.Apply(Rollout("api", 100).Replace(ns, ns + "-b", StringComparison.Ordinal))).Passed();
        await Until(Policies, _ => true, ns + "-b");
        Assert.Equal((string?)report["metadata"]!["resourceVersion"], (string?)(await Read(Policies))!["metadata"]!["resourceVersion"]);

        // another finding is added, and the first stays found when it was found
        (await Admin.Apply(Bare)).Passed();
        var grown = await Until(Policies, r => (int?)r["summary"]!["fail"] == 2);
        var seconds = (long)result["timestamp"]!["seconds"]!;
        Assert.Equal(seconds, (long)grown["results"]!.AsArray().Single(r => (string?)r!["rule"] == "rollout-first-step")!["timestamp"]!["seconds"]!);

        // somebody deletes it: it is back; the faults go: it is gone
        (await Admin.Run($"delete {Policies} admissionguard -n {ns}")).Passed();
        await Until(Policies, _ => true);
        (await Admin.Run($"delete rollout,destinationrule --all -n {ns}")).Passed();
        await Waiting.Until(async () => await Read(Policies) is null, Printed);
        Assert.NotNull(await Read(Policies, ns + "-b"));

        // a namespace that goes makes no noise
        (await Admin.Run($"delete namespace {ns}-b --wait=false")).Passed();
        (await Admin.Apply(Rollout("web", 100))).Passed();
        await Until(Policies, _ => true);
        Assert.DoesNotContain("tried again", Printed(), StringComparison.Ordinal);
        Assert.DoesNotContain("forbidden", Printed(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task OpenReports_are_written_instead_where_they_are_installed_and_off_removes_what_is_ours()
    {
        (await Admin.Apply(Rollout("api", 100))).Passed();
        (
            await Admin.Apply(
                $$"""
                apiVersion: wgpolicyk8s.io/v1alpha2
                kind: PolicyReport
                metadata: {name: of-another-tool, namespace: {{ns}}}
                """
            )
        ).Passed();
        await Serve("auto");
        await Until(Policies, _ => true);
        await Install("openreports.yaml", Open);
        var report = await Until(Open, r => (int?)r["summary"]!["fail"] == 1);
        Assert.Equal("admissionguard", (string?)report["source"]);
        await Waiting.Until(async () => await Read(Policies) is null, Printed);

        replicas[0].Kill(); // without a farewell: its lease must run out first
        await Serve("off");
        await Waiting.Until(async () => await Read(Open) is null, Printed);
        await Waiting.Until(() => replicas[1].Printed.Contains("reports: off, ", StringComparison.Ordinal), Printed);
        Assert.Equal(0, (await Admin.Run($"get {Policies} of-another-tool -n {ns}")).Status);
    }

    [Fact]
    public async Task One_of_two_replicas_writes_and_the_other_goes_on_when_it_dies()
    {
        (await Admin.Apply(Rollout("api", 100))).Passed();
        await Serve("auto");
        await Until(Policies, _ => true);
        await Serve("auto");
        (await Admin.Apply(Rollout("web", 100))).Passed();
        var report = await Until(Policies, r => (int?)r["summary"]!["fail"] == 2);
        Assert.DoesNotContain("reports: written as", replicas[1].Printed, StringComparison.Ordinal);

        replicas[0].Kill();
        await Waiting.Until(() => replicas[1].Printed.Contains("reports: written as PolicyReport", StringComparison.Ordinal), Printed);
        (await Admin.Run($"delete rollout web -n {ns}")).Passed();
        var after = await Until(Policies, r => (int?)r["summary"]!["fail"] == 1);
        // one write by the first, one by the second: what it found as it should be it left alone
        Assert.Equal((int)report["metadata"]!["generation"]! + 1, (int)after["metadata"]!["generation"]!);

        // as the last line of an uninstall
        replicas[1].Kill();
        (await Admin.Run("delete policyreports,clusterpolicyreports -A -l app.kubernetes.io/managed-by=admissionguard")).Passed();
        Assert.Null(await Read(Policies));
    }

    [Fact]
    public async Task A_denied_and_a_warned_change_leave_one_Event_on_the_object_and_a_dry_run_none()
    {
        (await Admin.Apply(Rollout("api", 10))).Passed();
        await using var guard = await GuardServer.Start(Admin, "--kubeconfig", cluster.Kubeconfig, "--events");
        var human = Admin.As(TestCluster.Human);
        await Waiting.Until(
            async () => (await human.Apply(Rollout("api", 100), "--dry-run=server")).Error.Contains("denied the request", StringComparison.Ordinal),
            () => "not denied"
        );
        Assert.Empty(await Events());
        for (var i = 0; i < 3; i++)
            Assert.Contains("denied the request", (await human.Apply(Rollout("api", 100))).Error, StringComparison.Ordinal);
        // on nothing: there is no object
        Assert.Contains("denied the request", (await human.Apply(Rollout("new", 100))).Error, StringComparison.Ordinal);
        await Waiting.Until(async () => (await Events()).Count > 0, () => "no event");
        var said = Assert.Single(await Events())!;
        Assert.Equal(("ChangeDenied", "Warning", "api"), ((string?)said["reason"], (string?)said["type"], (string?)said["involvedObject"]!["name"]));
        Assert.StartsWith("rollout-first-step: spec.strategy.canary.steps[0].setWeight: ", (string?)said["message"], StringComparison.Ordinal);
        Assert.Contains("ChangeDenied", (await human.Run($"describe rollout api -n {ns}")).Passed().Out, StringComparison.Ordinal);
    }

    private async Task<JsonArray> Events() =>
        JsonNode.Parse((await Admin.Run($"get events -n {ns} -l app.kubernetes.io/managed-by=admissionguard -o json")).Passed().Out)![
            "items"
        ]!.AsArray();

    private async Task Install(string file, string plural)
    {
        (await Admin.Run(["apply", "-f", Definitions(file)], input: null)).Passed();
        await Waiting.Until(
            async () => (await Admin.Run($"get {plural} -A")).Status == 0 && (await Admin.Run($"get cluster{plural} -A")).Status == 0,
            () => $"{plural} are not served"
        );
    }

    private async Task Serve(string mode)
    {
        // beside the certificates that it names
        var kubeconfig = Path.Combine(Path.GetDirectoryName(cluster.Kubeconfig)!, "reports.kubeconfig");
        var admin = await File.ReadAllTextAsync(cluster.Kubeconfig, Waiting.Stop);
        await File.WriteAllTextAsync(
            kubeconfig,
            admin.Replace("client-key: admin.key", $"client-key: admin.key, as: \"{Account}\"", StringComparison.Ordinal),
            Waiting.Stop
        );
        var replica = Daemon.Start(
            folder,
            Path.Combine(folder, $"log{replicas.Count}"),
            TestedProgram.File,
            [
                .. TestedProgram.Before,
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--cert-dir",
                "certs",
                "--kubeconfig",
                kubeconfig,
                "--reports",
                mode,
                "--report-pace",
                "0.5",
            ]
        );
        replicas.Add(replica);
        await Waiting.Until(() => replica.HasExited || replica.Printed.Contains("listens on", StringComparison.Ordinal), Printed);
        Assert.False(replica.HasExited, Printed());
    }

    private async Task<JsonNode> Until(string plural, Func<JsonNode, bool> condition, string? within = null)
    {
        JsonNode? last = null;
        await Waiting.Until(
            async () => (last = await Read(plural, within)) is not null && condition(last),
            () => $"{last?.ToJsonString()}\n{Printed()}"
        );
        return last!;
    }

    private async Task<JsonNode?> Read(string plural, string? within = null)
    {
        var outcome = await Admin.Run($"get {plural} admissionguard -n {within ?? ns} -o json --ignore-not-found");
        return outcome.Status == 0 && outcome.Out.Length > 0 ? JsonNode.Parse(outcome.Out) : null;
    }

    private string Printed() => string.Join("\n--\n", replicas.Select(r => r.Printed));
}
