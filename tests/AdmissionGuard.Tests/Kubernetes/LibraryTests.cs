using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AdmissionGuard.Certificates;
using k8s;
using k8s.KubeConfigModels;

namespace AdmissionGuard.Tests.Kubernetes;

/// <summary>
/// Why pieces of ours stand beside the official client: what it does in the version that we use. Where one of these fails, the library has changed,
/// and the piece that its comment names may go.
/// </summary>
public sealed class LibraryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-library").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>ExecPlugin.</summary>
    [Fact]
    public void Arguments_of_a_plugin_are_joined_by_spaces()
    {
        var exec = new ExternalExecution
        {
            ApiVersion = "client.authentication.k8s.io/v1",
            Command = "login",
            Arguments = ["an arg", "b"],
        };
        using var process = KubernetesClientConfiguration.CreateRunnableExternalProcess(exec);
        Assert.Equal("an arg b", process.StartInfo.Arguments);
        Assert.Empty(process.StartInfo.ArgumentList);
    }

    /// <summary>Connection.SetUp.</summary>
    [Fact]
    public void A_certificate_of_a_wrong_name_is_taken_where_the_authority_is_a_private_one()
    {
        var made = ServingCertificate.Make(DateTimeOffset.UtcNow, ["elsewhere"], []);
        using var authority = X509Certificate2.CreateFromPem(made.AuthorityPem);
        using var certificate = made.Load();
        using var chain = new X509Chain();
        Assert.True(
            k8s.Kubernetes.CertificateValidationCallBack(
                this,
                [authority],
                certificate,
                chain,
                SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch
            )
        );
    }

    /// <summary>Kubeconfig and KubeconfigContext.</summary>
    [Theory]
    [InlineData("tokenFile: token")]
    [InlineData("{token: t, as: jane, as-user-extra: {scope: [a]}}")]
    [InlineData("{}")]
    public void A_kubeconfig_of_kubectl_is_refused(string user) => Assert.ThrowsAny<Exception>(() => Load(user));

    /// <summary>Kubeconfig and KubeconfigContext.</summary>
    [Fact]
    public void Proxy_and_impersonation_are_ignored_names_have_no_case_and_one_authority_of_a_bundle_is_trusted()
    {
        string[] authorities = [Authority(), Authority()];
        var bundle = Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join('\n', authorities)));
        var loaded = Load("{token: t, as: jane, as-groups: [a]}", $"proxy-url: \"http://p:1\", certificate-authority-data: {bundle}", context: "C");
        Assert.Single(loaded.SslCaCerts);
        Assert.DoesNotContain(typeof(KubernetesClientConfiguration).GetProperties().Select(p => p.Name), p =>
            p.Contains("Proxy", StringComparison.Ordinal) || p.Contains("Impersonat", StringComparison.Ordinal)
        );

        static string Authority() => ServingCertificate.Make(DateTimeOffset.UtcNow, ["k"], []).AuthorityPem;
    }

    private KubernetesClientConfiguration Load(string user, string more = "proxy-url: \"http://p:1\"", string context = "c")
    {
        var file = Path.Combine(folder, "config");
        File.WriteAllText(
            file,
            $$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: k, cluster: {server: "https://k:6443", {{more}} } }]
            users:
            - name: u
              user: {{(user.StartsWith('{') ? user : "{" + user + "}")}}
            contexts: [{name: c, context: {cluster: k, user: u} }]
            """
        );
        return KubernetesClientConfiguration.BuildConfigFromConfigFile(file, context);
    }
}
