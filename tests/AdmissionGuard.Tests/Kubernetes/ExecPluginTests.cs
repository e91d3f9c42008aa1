using System.Text.Json;
using AdmissionGuard.Certificates;
using AdmissionGuard.Kubernetes;
using static AdmissionGuard.Tests.Kubernetes.FakeApi;

namespace AdmissionGuard.Tests.Kubernetes;

/// <summary>A real script of the test's own, named relative to its kubeconfig.</summary>
public sealed class ExecPluginTests : IDisposable
{
    private static readonly Resource Things = new("example.com", "v1", "things");

    private const string V1 = "client.authentication.k8s.io/v1";

    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-exec").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(V1)]
    [InlineData(V1 + "beta1")]
    public async Task It_is_asked_once_with_its_arguments_and_environment_until_what_it_gave_expires(string version)
    {
        var time = new FakeTime();
        var ends = $"{Judge.Now.AddMinutes(10):O}";
        var credential = Plugin(
            $$"""
            echo asked >> "$(dirname "$0")/calls"
            printf '%s' "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"
            n=$(wc -l < "$(dirname "$0")/calls")
            echo '{"apiVersion":"{{version}}","kind":"ExecCredential","status":{"token":"'"$1-$NAMED-$n"'","expirationTimestamp":"{{ends}}"} }'
            """,
            version,
            time
        );
        Assert.All(await Task.WhenAll(Token(credential), Token(credential)), t => Assert.Equal("an arg-value-1", t));
        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal("an arg-value-1", await Token(credential));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("an arg-value-2", await Token(credential));
        var info = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "info"), Stop)).RootElement;
        Assert.Equal(version, info.GetProperty("apiVersion").GetString());
        Assert.False(info.GetProperty("spec").GetProperty("interactive").GetBoolean());
        Assert.Equal("https://k:6443", info.GetProperty("spec").GetProperty("cluster").GetProperty("server").GetString());
    }

    [Fact]
    public async Task After_a_401_it_is_asked_again()
    {
        await using var fake = await Start(Status(401, "Unauthorized", "no"), Body("{}"));
        var credential = Plugin(
            $$"""
            echo asked >> "$(dirname "$0")/calls"
            echo '{"apiVersion":"{{V1}}","status":{"token":"t'"$(wc -l < "$(dirname "$0")/calls")"'"} }'
            """
        );
        using var api = fake.Connect(credential: credential);
        await api.Get(Resource.Namespaces, null, "shop", Stop);
        Assert.Equal(["Bearer t1", "Bearer t2"], fake.Authorizations);
    }

    [Fact]
    public async Task It_may_give_a_certificate()
    {
        var made = ServingCertificate.Make(DateTimeOffset.UtcNow, ["jane"], []);
        var status = JsonSerializer.Serialize(
            new Dictionary<string, string> { ["clientCertificateData"] = made.CertificatePem, ["clientKeyData"] = made.KeyPem }
        );
        await File.WriteAllTextAsync(Path.Combine(folder, "answer"), $$"""{"apiVersion":"{{V1}}","status":{{status}}}""", Stop);
        var plugin = Plugin("cat \"$(dirname \"$0\")/answer\"");
        Assert.Null(await plugin.GetAuthenticationHeaderAsync(Stop));
        Assert.True(plugin.Certificate!.HasPrivateKey);
    }

    [Theory]
    [InlineData("echo 'log in first' >&2; exit 3", "which ended with status 3: log in first")]
    [InlineData("exit 1", "which ended with status 1: it said nothing")]
    [InlineData("echo hello", "which printed what cannot be read: ")]
    [InlineData("echo '{\"apiVersion\":\"" + V1 + "\"}'", "which printed neither a token nor a clientCertificateData")]
    [InlineData("echo '{\"apiVersion\":\"v2\"}'", "which printed apiVersion \"v2\" instead of " + V1)]
    [InlineData(
        "echo '{\"apiVersion\":\"" + V1 + "\",\"status\":{\"clientKeyData\":\"k\",\"token\":\"t\"}}'",
        "which printed only one of clientCertificateData and clientKeyData"
    )]
    [InlineData(
        "echo '{\"apiVersion\":\"" + V1 + "\",\"status\":{\"expirationTimestamp\":\"soon\",\"token\":\"t\"}}'",
        "which printed an expirationTimestamp that is no time: soon"
    )]
    public async Task What_goes_wrong_is_one_line(string script, string end)
    {
        var error = await Assert.ThrowsAsync<ApiException>(() => Plugin(script).GetAuthenticationHeaderAsync(Stop));
        Assert.StartsWith($"{folder}/config: user \"u\" has the plugin {folder}/login.sh, {end}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task One_that_is_not_there_tells_how_to_get_it()
    {
        var credential = Plugin("");
        File.Delete(Path.Combine(folder, "login.sh"));
        var error = await Assert.ThrowsAsync<ApiException>(() => credential.GetAuthenticationHeaderAsync(Stop));
        Assert.EndsWith("; get it at example.com", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_gives_no_answer_is_ended_and_a_request_waits_as_long()
    {
        var time = new FakeTime();
        await using var fake = await Always(Body("{}"));
        using var api = fake.Connect(time, Plugin("exec tail -f /dev/null", time: time));
        var asked = api.Get(Things, "shop", "one", Stop);
        await time.Pass(ApiLimits.Answer, of: ApiLimits.Plugin); // what ends a request that is under way does not end one that has not begun
        Assert.False(asked.IsCompleted);
        time.Advance(ApiLimits.Plugin - ApiLimits.Answer);
        var late = await Assert.ThrowsAsync<ApiException>(() => asked);
        Assert.Equal(ApiException.Credentials, late.Reason);
        Assert.EndsWith("which gave no answer in 60 s", late.Message, StringComparison.Ordinal);
        Assert.Empty(fake.Requests);
    }

    private static async Task<string?> Token(ICredential credential) => (await credential.GetAuthenticationHeaderAsync(Stop))?.Parameter;

    private ICredential Plugin(string script, string version = V1, TimeProvider? time = null)
    {
        var file = Path.Combine(folder, "login.sh");
        File.WriteAllText(file, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var config = Path.Combine(folder, "config");
        File.WriteAllText(
            config,
            $$"""
            current-context: c
            clusters: [{name: k, cluster: {server: "https://k:6443"} }]
            contexts: [{name: c, context: {cluster: k, user: u} }]
            users:
            - name: u
              user:
                exec:
                  apiVersion: {{version}}
                  command: ./login.sh
                  args: [an arg]
                  env: [{name: NAMED, value: value}]
                  provideClusterInfo: true
                  installHint: get it at example.com
            """
        );
        return Kubeconfig.Connect(config, context: null, _ => null, time ?? TimeProvider.System).Credential!;
    }
}
