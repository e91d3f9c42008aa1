using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdmissionGuard.Tests;

namespace AdmissionGuard.Cluster;

/// <summary>deploy/ as an admin installs and removes it, with a server beside the API server that has the rights of the base and no other.</summary>
public sealed partial class InstallTests(TestCluster cluster) : IAsyncLifetime
{
    private const string Namespace = "admissionguard";
    private const string Account = "system:serviceaccount:admissionguard:admissionguard";

    private static readonly string Deploy = Path.Combine(Repository.Root, "deploy");
    private static readonly string Base = Path.Combine(Deploy, "base");

    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-install").FullName;
    private Daemon? server;

    private Kubectl Admin => cluster.Kubectl;

    public async ValueTask InitializeAsync()
    {
        // another class may have left its namespace of this name on its way out
        await NamespaceController.LetGo(Admin, Namespace);
        Quiet(await Run("apply", "-f", Path.Combine(Base, "crd.yaml")));
        (await Admin.Run("wait --for=condition=Established --timeout=30s crd -l app.kubernetes.io/name=admissionguard")).Passed();
        foreach (var kind in (string[])["guardpolicies", "guardexceptions", "guardsettings"])
        {
            await Waiting.Until(async () => (await Admin.Run($"get {kind}")).Status == 0, () => $"{kind} are not served");
        }
        Quiet(await Run("apply", "-k", Base));
    }

    public async ValueTask DisposeAsync()
    {
        server?.Dispose();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        await Uninstall();
    }

    [Fact]
    public async Task The_base_is_accepted_without_a_warning_and_a_second_apply_changes_nothing()
    {
        var first = await Generations();
        Assert.True(first.Count > 15, string.Join('\n', first));
        Unchanged(Quiet(await Run("apply", "-k", Base)));
        Assert.Equal(first, await Generations());
        var diff = await Run("diff", "-k", Base);
        Assert.True(diff is { Status: 0, Out: "" }, diff.Out + diff.Error);
    }

    [Fact]
    public async Task The_overlays_that_need_nothing_else_are_accepted_without_a_warning()
    {
        foreach (var overlay in (string[])["observe", "fail-closed", "high-availability"])
        {
            Quiet(await Run("apply", "--dry-run=server", "-k", Path.Combine(Deploy, "overlays", overlay)));
        }
        await TakesThePodOfTheTemplateAndNoLaxerOne();
    }

    [Fact]
    public async Task The_rights_of_the_base_are_enough_and_uninstalling_leaves_nothing_while_a_server_runs()
    {
        await Serve();
        await Waiting.Until(async () => await CaBundle() is { Length: > 0 }, () => server!.Printed);
        await Waiting.Until(Ready, () => server!.Printed);
        await Waiting.Until(async () => await Accepted() == "True", () => "the policy has no status\n" + server!.Printed);
        Assert.NotEqual("", (await Admin.Run($"get lease admissionguard -n {Namespace} -o jsonpath={{.spec.holderIdentity}}")).Passed().Out);
        Assert.DoesNotContain("forbidden", server!.Printed, StringComparison.OrdinalIgnoreCase);

        // the manifests name neither caBundle nor the Secret's data: an apply leaves both where they are
        var (before, authority) = (await Generations(), await CaBundle());
        Unchanged(Quiet(await Run("apply", "-k", Base)));
        Assert.Equal(before, await Generations());
        Assert.Equal(authority, await CaBundle());

        await Uninstall();
        Assert.False(server.HasExited, server.Printed);
        var left = await Admin.Run(
            "get validatingwebhookconfigurations,mutatingwebhookconfigurations,crd,clusterroles,clusterrolebindings,namespaces,"
                + "secrets,leases,roles,rolebindings -A -o name"
        );
        Assert.DoesNotContain("admissionguard", left.Passed().Out, StringComparison.Ordinal);
    }

    private async Task TakesThePodOfTheTemplateAndNoLaxerOne()
    {
        var template = JsonNode.Parse(
            (await Admin.Run($"get deployment admissionguard -n {Namespace} -o jsonpath={{.spec.template}}")).Passed().Out
        )!;
        template["apiVersion"] = "v1";
        template["kind"] = "Pod";
        template["metadata"]!["name"] = "one";
        template["metadata"]!["namespace"] = Namespace;
        Quiet(await Admin.Apply(template.ToJsonString(), "--dry-run=server"));
        template["spec"]!["containers"]![0]!["securityContext"]!["allowPrivilegeEscalation"] = true;
        Assert.Contains(
            "violates PodSecurity \"restricted:latest\"",
            (await Admin.Apply(template.ToJsonString(), "--dry-run=server")).Error,
            StringComparison.Ordinal
        );
    }

    /// <summary>The program as it is built, as the account of the base: the API server asks RBAC about that account alone.</summary>
    private async Task Serve()
    {
        // beside the certificates that it names
        var kubeconfig = Path.Combine(Path.GetDirectoryName(cluster.Kubeconfig)!, "installed.kubeconfig");
        var admin = await File.ReadAllTextAsync(cluster.Kubeconfig, Waiting.Stop);
        await File.WriteAllTextAsync(
            kubeconfig,
            admin.Replace("client-key: admin.key", $"client-key: admin.key, as: \"{Account}\"", StringComparison.Ordinal),
            Waiting.Stop
        );
        server = Daemon.Start(
            folder,
            Path.Combine(folder, "log"),
            TestedProgram.File,
            [.. TestedProgram.Before, "serve", "--listen", "127.0.0.1:0", "--kubeconfig", kubeconfig]
        );
        await Waiting.Until(() => server.HasExited || Address().IsMatch(server.Printed), () => server.Printed);
        Assert.False(server.HasExited, server.Printed);
    }

    /// <summary>As the kubelet asks, but with the authority that the API server is given.</summary>
    private async Task<bool> Ready()
    {
        using var authority = X509Certificate2.CreateFromPem(System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(await CaBundle())));
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(authority);
        var ssl = new SslClientAuthenticationOptions { TargetHost = "admissionguard.admissionguard.svc", CertificateChainPolicy = trust };
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = ssl });
        try
        {
            using var answer = await client.GetAsync(new Uri(Address().Match(server!.Printed).Groups["url"].Value + "/readyz"), Waiting.Stop);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            return false; // the authority is published before its certificate is served
        }
    }

    private async Task<string> CaBundle() =>
        (await Admin.Run("get validatingwebhookconfiguration admissionguard -o jsonpath={.webhooks[0].clientConfig.caBundle}")).Passed().Out;

    private async Task<string> Accepted() => (await Admin.Run("get guardpolicy baseline -o jsonpath={.status.conditions[0].status}")).Passed().Out;

    /// <summary>As deploy/README.md says. Its last command waits for the namespace, which only goes with our help.</summary>
    private async Task Uninstall()
    {
        (await Admin.Run("delete validatingwebhookconfiguration,mutatingwebhookconfiguration admissionguard --ignore-not-found")).Passed();
        var deletion = Run("delete", "-k", Base, "--ignore-not-found");
        await Waiting.Until(
            async () =>
            {
                await NamespaceController.LetGo(Admin, Namespace);
                return deletion.IsCompleted;
            },
            () => "kubectl delete -k does not end"
        );
        (await deletion).Passed();
    }

    /// <summary>Of every object of the base its generation, or where its kind has none its resourceVersion.</summary>
    private async Task<SortedDictionary<string, string>> Generations()
    {
        var generations = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in JsonNode.Parse((await Run("get", "-k", Base, "-o", "json")).Passed().Out)!["items"]!.AsArray())
        {
            var metadata = item!["metadata"]!;
            generations[string.Create(CultureInfo.InvariantCulture, $"{item["kind"]}/{metadata["name"]}")] = (
                metadata["generation"] ?? metadata["resourceVersion"]
            )!.ToString();
        }
        return generations;
    }

    private Task<Outcome> Run(params string[] args) => Admin.Run(args, input: null);

    private static Outcome Quiet(Outcome outcome)
    {
        Assert.Equal("", outcome.Passed().Error);
        return outcome;
    }

    /// <summary>
    /// kubectl sends the selector of every PodDisruptionBudget again (its patch strategy is to replace it) and says "configured"; its generation
    /// tells.
    /// </summary>
    private static void Unchanged(Outcome applied) =>
        Assert.All(applied.Out.TrimEnd().Split('\n').Where(line => !line.StartsWith("poddisruptionbudget", StringComparison.Ordinal)), line =>
            Assert.EndsWith(" unchanged", line, StringComparison.Ordinal)
        );

    [GeneratedRegex("listens on (?<url>https://127\\.0\\.0\\.1:[0-9]+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
