using System.Net;
using System.Net.Sockets;
using AdmissionGuard.Cluster;
using AdmissionGuard.Kubernetes;

[assembly: AssemblyFixture(typeof(TestCluster))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace AdmissionGuard.Cluster;

/// <summary>
/// One etcd and one kube-apiserver on loopback for all tests, with the CustomResourceDefinitions of our kinds; nothing where their programs are
/// missing.
/// </summary>
public sealed class TestCluster : IAsyncLifetime
{
    /// <summary>Who may do all, and is nobody special to AdmissionGuard.</summary>
    public const string Human = "jane";

    /// <summary>Argo Rollouts' own account.</summary>
    public const string Controller = "system:serviceaccount:argo-rollouts:argo-rollouts";

    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-cluster").FullName;
    private readonly List<Daemon> daemons = [];
    private Kubectl? kubectl;
    private string missing = "";
    private Uri? address;

    /// <summary>Ends a test as skipped, with the reason, where there is no API server.</summary>
    internal Kubectl Kubectl
    {
        get
        {
            Assert.SkipWhen(kubectl is null, missing);
            return kubectl;
        }
    }

    internal string Kubeconfig => Path.Combine(folder, "kubeconfig");

    internal ApiServer Connect()
    {
        _ = Kubectl;
        return ApiServer.Of(Kubeconfig, context: null, TimeProvider.System);
    }

    internal RawApi ConnectRaw()
    {
        _ = Kubectl;
        return new RawApi(address!, folder);
    }

    public async ValueTask InitializeAsync()
    {
        if (Assets.Find(out missing) is not { } assets)
        {
            Tell($"end-to-end tests are skipped: {missing}");
            return;
        }
        Credentials.Write(folder);
        var etcd = $"http://127.0.0.1:{FreePort()}";
        var peers = $"http://127.0.0.1:{FreePort()}";
        Start(
            assets.Etcd,
            $"--data-dir={folder}/etcd",
            "--unsafe-no-fsync",
            $"--listen-client-urls={etcd}",
            $"--advertise-client-urls={etcd}",
            $"--listen-peer-urls={peers}",
            $"--initial-advertise-peer-urls={peers}",
            $"--initial-cluster=default={peers}"
        );
        var port = FreePort();
        address = new Uri($"https://127.0.0.1:{port}");
        var server = Start(
            assets.ApiServer,
            $"--etcd-servers={etcd}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            $"--secure-port={port}",
            $"--cert-dir={folder}",
            $"--tls-cert-file={folder}/server.crt",
            $"--tls-private-key-file={folder}/server.key",
            $"--client-ca-file={folder}/ca.crt",
            $"--service-account-key-file={folder}/accounts.pub",
            $"--service-account-signing-key-file={folder}/accounts.key",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-cluster-ip-range=10.0.0.0/24",
            "--authorization-mode=RBAC",
            "--disable-admission-plugins=ServiceAccount",
            "--endpoint-reconciler-type=none"
        );
        await File.WriteAllTextAsync(
            Kubeconfig,
            $$$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "https://127.0.0.1:{{{port}}}", certificate-authority: ca.crt}}]
            users: [{name: admin, user: {client-certificate: admin.crt, client-key: admin.key}}]
            contexts: [{name: test, context: {cluster: test, user: admin}}]
            """
        );
        kubectl = new Kubectl(assets.Kubectl, Kubeconfig, folder);
        await Waiting.Until(
            async () => daemons.Exists(d => d.HasExited) || (await kubectl.Run("get --raw /readyz")).Status == 0,
            () => $"the API server is not ready\n{Tail(server)}"
        );
        Assert.False(daemons.Exists(d => d.HasExited), string.Join('\n', daemons.Select(Tail)));
        using (var api = Connect())
            Tell($"end-to-end tests run against kube-apiserver {await api.Version(Waiting.Stop)} of {assets.ApiServer}");
        await Populate();
    }

    public ValueTask DisposeAsync()
    {
        daemons.Reverse(); // the API server before its store
        foreach (var daemon in daemons)
            daemon.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Our own kinds, served to a human.</summary>
    public async Task ServePolicies(params IEnumerable<string> kinds)
    {
        (await Kubectl.Run(["apply", "-f", Path.Combine(Repository.Root, "deploy", "base", "crd.yaml")], input: null)).Passed();
        (await Kubectl.Run("wait --for=condition=Established --timeout=30s crd --all")).Passed();
        foreach (var kind in kinds)
            await Waiting.Until(async () => (await Kubectl.As(Human).Run($"get {kind}")).Status == 0, () => $"{kind} are not served");
    }

    private async Task Populate()
    {
        (await Kubectl.Run(["apply", "-f", Path.Combine(Repository.Root, "tests", "AdmissionGuard.Cluster", "crds")], input: null)).Passed();
        (await Kubectl.Run("wait --for=condition=Established --timeout=30s crd --all")).Passed();
        foreach (var user in (string[])[Human, Controller])
        {
            (await Kubectl.Run($"create clusterrolebinding {user.Replace(':', '-')} --clusterrole=cluster-admin --user={user}")).Passed();
        }
        // the role may do what is there at the moment it is aggregated, and discovery knows a new kind a moment later
        foreach (var kind in (string[])["rollouts", "virtualservices", "destinationrules", "canaries", "trafficsplits", "httproutes"])
        {
            await Waiting.Until(async () => (await Kubectl.As(Human).Run($"get {kind} -A")).Status == 0, () => $"{kind} are not served");
        }
    }

    private Daemon Start(string program, params string[] args)
    {
        var daemon = Daemon.Start(folder, Path.Combine(folder, Path.GetFileName(program) + ".log"), program, args);
        daemons.Add(daemon);
        return daemon;
    }

    private static string Tail(Daemon daemon) => string.Join('\n', daemon.Printed.Split('\n').TakeLast(15));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>On standard error, where the runner shows it, and in a file for .ci/run, where `dotnet test` keeps it back.</summary>
    private static void Tell(string line)
    {
        using var error = new StreamWriter(Console.OpenStandardError());
        error.WriteLine(line);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "ran-against.txt"), line + "\n");
    }
}
