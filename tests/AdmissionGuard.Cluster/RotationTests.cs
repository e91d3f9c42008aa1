using System.Text;
using System.Text.RegularExpressions;
using AdmissionGuard.Certificates;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Tests;

namespace AdmissionGuard.Cluster;

/// <summary>
/// Three replicas with the rights that deploy/ gives them, behind a real API server that refuses what a webhook does not answer, while certificates
/// rotate.
/// </summary>
public sealed partial class RotationTests(TestCluster cluster) : IAsyncLifetime
{
    private const string Account = "system:serviceaccount:admissionguard:admissionguard";
    private const double RequestsPerSecond = 50;

    private static readonly ServiceName Service = ServiceName.Of(ServiceName.Default);
    private static readonly Resource VirtualServices = new("networking.istio.io", "v1", "virtualservices");

    private readonly string ns = "rotate-" + Guid.NewGuid().ToString("N")[..8];
    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-rotate").FullName;
    private readonly List<Daemon> replicas = [];

    public async ValueTask InitializeAsync()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        (await cluster.Kubectl.Apply(State)).Passed();
        var guard = Path.Combine(Path.GetDirectoryName(cluster.Kubeconfig)!, "guard.kubeconfig");
        await File.WriteAllTextAsync(
            guard,
            (await File.ReadAllTextAsync(cluster.Kubeconfig, Waiting.Stop)).Replace(
                "client-key: admin.key",
                $"client-key: admin.key, as: \"{Account}\"",
                StringComparison.Ordinal
            ),
            Waiting.Stop
        );
        for (var at = 0; at < 3; at++)
        {
            // the first leads alone, and no webhook names it: it can die without anybody else noticing
            if (at > 0)
                await Waiting.Until(() => replicas[0].Printed.Contains("making the first one", StringComparison.Ordinal), Printed);
            replicas.Add(
                Daemon.Start(
                    folder,
                    Path.Combine(folder, $"log{at}"),
                    TestedProgram.File,
                    [.. TestedProgram.Before, "serve", "--listen", "127.0.0.1:0", "--kubeconfig", guard, "--profile", "baseline", "--settle", "2"]
                )
            );
        }
        await Waiting.Until(() => replicas.TrueForAll(r => Address().IsMatch(r.Printed)), Printed);
        (await cluster.Kubectl.Apply(Configurations)).Passed();
        await Waiting.Until(async () => (await Human.Apply(Unsafe)).Error.Contains("denied the request", StringComparison.Ordinal), Printed);
        await Waiting.Until(async () => (await Human.Apply(VirtualService)).Status == 0, Printed);
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.Kubectl.Run("delete validatingwebhookconfiguration,mutatingwebhookconfiguration admissionguard --ignore-not-found");
        await cluster.Kubectl.Run("delete clusterrolebinding,clusterrole admissionguard-test --ignore-not-found");
        await cluster.Kubectl.Run("delete namespace admissionguard --ignore-not-found --wait=false");
        await NamespaceController.LetGo(cluster.Kubectl, "admissionguard");
        foreach (var replica in replicas)
            replica.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Authority_and_certificate_rotate_under_requests_and_none_fails()
    {
        using var api = cluster.Connect();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Waiting.Stop);
        var load = Load(api, over.Token);
        var authorities = new HashSet<string>();
        for (var rotation = 0; rotation < 3; rotation++)
        {
            var before = await Served(api);
            authorities.Add(before);
            // the second time in a hurry, the third with the leader dead in the middle of it
            var rotate = await Guard(["certs", "rotate", "--kubeconfig", cluster.Kubeconfig, .. rotation == 1 ? (string[])["--now"] : []]);
            Assert.True(rotate.Status == 0, rotate.Text);
            if (rotation == 2)
            {
                await Waiting.Until(async () => (await CertificateView.Read(api, Service, Waiting.Stop)).Secret.Next is not null, Printed);
                replicas[0].Kill();
            }
            await Waiting.Until(async () => await Served(api) != before, Printed);
            await Waiting.Until(async () => (await CertificateView.Read(api, Service, Waiting.Stop)).Trusted.All(t => t.Count == 1), Printed);
        }
        await over.CancelAsync();
        var (sent, failures) = await load;
        Assert.True(failures.Count == 0, $"{failures.Count} of {sent} failed, the first: {string.Join('\n', failures.Take(3))}\n{Printed()}");
        Assert.True(sent > 200, $"only {sent} requests");
        Assert.Equal(3, authorities.Count);
        TestContext.Current.SendDiagnosticMessage($"{sent} requests through three rotations, none failed");

        var show = await Guard(["certs", "show", "--kubeconfig", cluster.Kubeconfig]);
        Assert.True(show.Status == 0, show.Text);
        Assert.StartsWith("all is well\nSecret admissionguard/admissionguard-certificates\n", show.Text, StringComparison.Ordinal);
        Assert.Contains("denied the request", (await Human.Apply(Unsafe)).Error, StringComparison.Ordinal);
    }

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    /// <summary>Objects that both webhooks are asked about, at a steady pace; a machine that cannot keep it up is not buried.</summary>
    private async Task<(int Sent, List<string> Failures)> Load(ApiServer api, CancellationToken stop)
    {
        var under = new List<Task<string?>>();
        using var places = new SemaphoreSlim(64);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / RequestsPerSecond));
        while (!stop.IsCancellationRequested)
        {
            await places.WaitAsync(Waiting.Stop);
            under.Add(Make(api, under.Count, places));
            await pace.WaitForNextTickAsync(Waiting.Stop);
        }
        return (under.Count, [.. (await Task.WhenAll(under)).OfType<string>()]);
    }

    private async Task<string?> Make(ApiServer api, int count, SemaphoreSlim places)
    {
        try
        {
            var body = VirtualService
                .Replace("name: api,", $"name: api-{count},", StringComparison.Ordinal)
                .Replace("hosts: [api]", $"hosts: [api-{count}]", StringComparison.Ordinal);
            await api.Create(VirtualServices, ns, ManifestOf(body), Waiting.Stop);
            return null;
        }
        catch (ApiException e)
        {
            return $"{count}: {e.Message}";
        }
        finally
        {
            places.Release();
        }
    }

    private static ReadOnlyMemory<byte> ManifestOf(string yaml)
    {
        var (documents, errors) = new AdmissionGuard.Manifests.YamlReader().Read("load.yaml", Encoding.UTF8.GetBytes(yaml));
        Assert.Empty(errors);
        return documents[0].Root.Raw.ToArray();
    }

    private static async Task<string> Served(ApiServer api) =>
        (await CertificateView.Read(api, Service, Waiting.Stop)).Secret.Current?.AuthorityPem ?? "";

    private static async Task<(int Status, string Text)> Guard(string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var status = await Program.Run(args, new Terminal(Stream.Null, output, output, Colours: false), Waiting.Stop);
        return (status, output.ToString());
    }

    private string Url(int replica) => Address().Match(replicas[replica].Printed).Groups["url"].Value;

    private string Printed() => string.Join("\n---\n", replicas.Select(r => r.Printed));

    /// <summary>As deploy/base has them: objects that are there and empty, and rights on their names alone.</summary>
    private static string State =>
        $$$"""
            {apiVersion: v1, kind: Namespace, metadata: {name: admissionguard}}
            ---
            {apiVersion: v1, kind: Secret, metadata: {name: admissionguard-certificates, namespace: admissionguard}, type: Opaque}
            ---
            {apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: admissionguard, namespace: admissionguard}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: admissionguard-test}
            rules:
            - apiGroups: [admissionregistration.k8s.io]
              resources: [mutatingwebhookconfigurations, validatingwebhookconfigurations]
              resourceNames: [admissionguard]
              verbs: [get, patch]
            - apiGroups: ["", admissionguard.io, networking.istio.io, argoproj.io]
              resources: [namespaces, guardpolicies, guardexceptions, guardsettings, virtualservices, rollouts]
              verbs: [list, watch]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: admissionguard-test}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admissionguard-test}
            subjects: [{kind: User, name: "{{{Account}}}"}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: admissionguard, namespace: admissionguard}
            rules:
            - {apiGroups: [""], resources: [secrets], resourceNames: [admissionguard-certificates], verbs: [get, patch, update]}
            - {apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [admissionguard], verbs: [get, patch, update]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: admissionguard, namespace: admissionguard}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: admissionguard}
            subjects: [{kind: User, name: "{{{Account}}}"}]
            """;

    [GeneratedRegex("listens on (?<url>https://127\\.0\\.0\\.1:[0-9]+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
