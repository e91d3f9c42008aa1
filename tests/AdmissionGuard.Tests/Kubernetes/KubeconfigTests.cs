using System.Net;
using System.Text;
using AdmissionGuard.Certificates;
using AdmissionGuard.Files;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Tests.Server;

namespace AdmissionGuard.Tests.Kubernetes;

public sealed class KubeconfigTests : IDisposable
{
    private const string Minimal = """
        current-context: c
        clusters: [{name: k, cluster: {server: "https://k:6443"}}]
        users: [{name: u, user: {token: t}}]
        contexts: [{name: c, context: {cluster: k, user: u, namespace: shop}}]
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-kubeconfig").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_current_context_says_where_and_who()
    {
        var connection = Connect(Write("config", Minimal));
        Assert.Equal(("https://k:6443/", "shop"), (connection.Server.ToString(), connection.Configuration.Namespace));
        Assert.Equal("Bearer t", await Authorization(connection));
    }

    [Fact]
    public async Task The_first_file_that_has_a_name_wins_and_missing_files_are_passed_over()
    {
        var first = Write("first", "clusters: [{name: k, cluster: {server: \"https://first\"}}]");
        var second = Write("second", Minimal);
        var third = Write("third", "current-context: other\nusers: [{name: u, user: {token: late}}]");
        var connection = Connect(null, environment: new() { ["KUBECONFIG"] = $"{folder}/absent:{first}::{second}:{third}" });
        Assert.Equal("https://first/", connection.Server.ToString());
        Assert.Equal("Bearer t", await Authorization(connection));
    }

    [Fact]
    public void The_home_folder_is_looked_in_last()
    {
        Directory.CreateDirectory(Path.Combine(folder, ".kube"));
        Write(".kube/config", Minimal);
        Assert.Equal("k", Connect(null, environment: new() { ["HOME"] = folder }).Server.Host);
    }

    [Fact]
    public async Task Paths_are_relative_to_their_file_and_data_wins()
    {
        var made = ServingCertificate.Make(DateTimeOffset.UtcNow, ["k"], []);
        Directory.CreateDirectory(Path.Combine(folder, "pki"));
        Write("pki/ca.crt", made.AuthorityPem);
        Write("pki/u.crt", made.CertificatePem);
        Write("pki/u.key", made.KeyPem);
        Write("pki/token", "from-file\n");
        var data = Convert.ToBase64String(Encoding.UTF8.GetBytes(made.CertificatePem));
        var connection = Connect(
            Write(
                "config",
                Minimal
                    .Replace(
                        "{server: \"https://k:6443\"}",
                        "{server: \"https://k:6443/base\", certificate-authority: pki/ca.crt, tls-server-name: name, proxy-url: \"socks5://p:1080\"}",
                        StringComparison.Ordinal
                    )
                    .Replace(
                        "{token: t}",
                        $$"""{token: t, tokenFile: pki/token, client-certificate: absent, client-certificate-data: {{data}}, """
                            + "client-key: pki/u.key, as: jane, as-uid: \"7\", as-groups: [a], as-user-extra: {scope: [x]} }",
                        StringComparison.Ordinal
                    )
            )
        );
        Assert.Equal("https://k:6443/base/", connection.Server.ToString());
        Assert.Equal(("name", "socks5://p:1080/"), (connection.Configuration.TlsServerName, connection.Proxy?.ToString()));
        Assert.Single(connection.Authorities!);
        Assert.Equal("Bearer from-file", await Authorization(connection));
        Assert.Equal(made.CertificatePem, Encoding.UTF8.GetString(Convert.FromBase64String(connection.Configuration.ClientCertificateData)));
        Assert.Equal(made.KeyPem, Encoding.UTF8.GetString(Convert.FromBase64String(connection.Configuration.ClientCertificateKeyData)));
        Assert.Equal(
            ["Impersonate-User: jane", "Impersonate-Uid: 7", "Impersonate-Group: a", "Impersonate-Extra-scope: x"],
            connection.Impersonation.Select(h => $"{h.Key}: {h.Value}")
        );
    }

    [Fact]
    public async Task A_password_is_sent_as_such()
    {
        var connection = Connect(Write("config", Minimal.Replace("token: t", "username: jane, password: secret", StringComparison.Ordinal)));
        Assert.Equal("Basic amFuZTpzZWNyZXQ=", await Authorization(connection));
    }

    [Theory]
    [InlineData("current-context: c", "current-context: d", "no context \"d\"; there: c")]
    [InlineData("current-context: c", "", "no current-context, name one with --context; there: c")]
    [InlineData("cluster: k,", "", "context \"c\" names no cluster")]
    [InlineData("cluster: k,", "cluster: x,", "context \"c\" names the cluster \"x\", which is not there; there: k")]
    [InlineData("user: u,", "user: x,", "context \"c\" names the user \"x\", which is not there; there: u")]
    [InlineData("server: \"https://k:6443\"", "", "cluster \"k\" has no server")]
    [InlineData("https://k:6443", "ftp://k", "cluster \"k\" has a server that is no https or http address: ftp://k")]
    [InlineData("{token: t}", "{client-key-data: eA==}", "user \"u\" has a client-key and no client-certificate")]
    [InlineData("{token: t}", "{client-certificate-data: eA==}", "user \"u\" has a client-certificate and no client-key")]
    [InlineData("{token: t}", "{client-certificate-data: '%'}", "user \"u\" has a client-certificate-data that is no base64")]
    [InlineData("{token: t}", "{client-certificate: no.crt}", "user \"u\" names the client-certificate FOLDER/no.crt, which is not there")]
    [InlineData("{token: t}", "{client-certificate-data: eA==, client-key-data: eA==}", "user \"u\" has no client-certificate with its client-key: ")]
    [InlineData("{token: t}", "{auth-provider: {name: gcp}}", "user \"u\" has an auth-provider, which kubectl dropped in 1.26; use exec")]
    [InlineData("{token: t}", "{as-groups: [a]}", "user \"u\" has as-groups, as-uid or as-user-extra without as")]
    [InlineData("{token: t}", "{as: jane, as-groups: [a, b]}", "user \"u\" has 2 as-groups, 1 can be sent")]
    [InlineData("{token: t}", "{as: jane, as-user-extra: {scope: [a, b]}}", "user \"u\" has 2 values of as-user-extra scope, 1 can be sent")]
    [InlineData(
        "{token: t}",
        "{exec: {command: x}}",
        "user \"u\" has an exec with apiVersion \"\", client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1 are known"
    )]
    [InlineData("{token: t}", "{exec: {apiVersion: client.authentication.k8s.io/v1}}", "user \"u\" has an exec without a command")]
    [InlineData(
        "{token: t}",
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}}",
        "user \"u\" has an exec that needs a terminal (interactiveMode: Always): x"
    )]
    [InlineData(
        "\"https://k:6443\"",
        "\"https://k\", insecure-skip-tls-verify: true, certificate-authority-data: LQ==",
        "cluster \"k\" has a certificate-authority without a certificate in it"
    )]
    [InlineData("clusters:", "kind: List\nclusters:", "no kubeconfig (kind: Config)")]
    public void What_is_missing_is_named_with_its_file(string from, string to, string message)
    {
        var file = Write("config", Minimal.Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<InputException>(() => Connect(file));
        Assert.StartsWith($"{file}: {message.Replace("FOLDER", folder, StringComparison.Ordinal)}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void No_file_and_no_YAML_are_told()
    {
        Assert.Equal($"{folder}/none: no kubeconfig there", Assert.Throws<InputException>(() => Connect($"{folder}/none")).Message);
        Assert.Equal(
            $"{folder}/.kube/config: no kubeconfig there; use --kubeconfig PATH, KUBECONFIG or --in-cluster",
            Assert.Throws<InputException>(() => Connect(null, environment: new() { ["HOME"] = folder })).Message
        );
        var broken = Write("broken", "a: [");
        Assert.StartsWith($"{broken}:2:", Assert.Throws<InputException>(() => Connect(broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_servers_certificate_is_held_to_what_the_cluster_says()
    {
        await using var server = await RunningServer.Start();
        var url = $"https://127.0.0.1:{server.Server.Address.Port}";
        Assert.Equal(ApiException.Unreachable, await Reason($"server: \"{url}\""));
        Assert.Equal(nameof(HttpStatusCode.NotFound), await Reason($"server: \"{url}\", insecure-skip-tls-verify: true"));
        var foreign = Convert.ToBase64String(Encoding.UTF8.GetBytes(ServingCertificate.Make(DateTimeOffset.UtcNow, ["localhost"], []).AuthorityPem));
        Assert.Equal(ApiException.Unreachable, await Reason($"server: \"{url}\", certificate-authority-data: {foreign}"));
        var own = Convert.ToBase64String(Encoding.UTF8.GetBytes(server.AuthorityPem));
        Assert.Equal(nameof(HttpStatusCode.NotFound), await Reason($"server: \"{url}\", certificate-authority-data: {own}"));
        var named = $"server: \"{url}\", certificate-authority-data: {own}, tls-server-name: ";
        Assert.Equal(nameof(HttpStatusCode.NotFound), await Reason(named + "localhost"));
        Assert.Equal(ApiException.Unreachable, await Reason(named + "elsewhere"));

        async Task<string> Reason(string cluster)
        {
            using var api = new ApiServer(
                Connect(Write("config", Minimal.Replace("server: \"https://k:6443\"", cluster, StringComparison.Ordinal))),
                TimeProvider.System
            );
            return (await Assert.ThrowsAsync<ApiException>(() => api.List(Resource.Namespaces, Stop))).Reason;
        }
    }

    /// <summary>What the library sends.</summary>
    private static async Task<string?> Authorization(Connection connection)
    {
        using var handler = new ApiHandler(connection, TimeProvider.System);
        using var client = connection.Client(handler);
        using var request = new HttpRequestMessage();
        await client.Credentials.ProcessHttpRequestAsync(request, Stop);
        return request.Headers.Authorization?.ToString();
    }

    private static Connection Connect(string? path, string? context = null, Dictionary<string, string>? environment = null) =>
        Kubeconfig.Connect(path, context, (environment ?? []).GetValueOrDefault, TimeProvider.System);

    private string Write(string name, string text)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
