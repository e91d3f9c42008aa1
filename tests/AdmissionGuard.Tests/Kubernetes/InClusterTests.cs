using System.Reflection;
using AdmissionGuard.Certificates;
using AdmissionGuard.Files;
using AdmissionGuard.Kubernetes;
using k8s;

namespace AdmissionGuard.Tests.Kubernetes;

/// <summary>The environment is the process's: these run alone.</summary>
[CollectionDefinition(nameof(InClusterTests), DisableParallelization = true)]
[Collection(nameof(InClusterTests))]
public sealed class InClusterTests : IDisposable
{
    private static readonly string[] Variables = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

    /// <summary>Where the library looks; it has no other way to be told.</summary>
    private static readonly FieldInfo Place = typeof(KubernetesClientConfiguration).GetField(
        "ServiceAccountPath",
        BindingFlags.Static | BindingFlags.NonPublic
    )!;

    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-pod").FullName;
    private readonly object? place = Place.GetValue(null);

    public InClusterTests()
    {
        Place.SetValue(null, folder);
        Environment.SetEnvironmentVariable(Variables[0], "fd00::1");
        Environment.SetEnvironmentVariable(Variables[1], "443");
        Write("ca.crt", ServingCertificate.Make(DateTimeOffset.UtcNow, ["k"], []).AuthorityPem);
        Write("token", "one\n");
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Place.SetValue(null, place);
        foreach (var variable in Variables)
            Environment.SetEnvironmentVariable(variable, null);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_pod_has_its_account_and_reads_a_refused_token_again()
    {
        var connection = InCluster.Connect(folder);
        Assert.Equal("https://[fd00::1]/", connection.Server.ToString());
        Assert.Single(connection.Authorities!);
        Assert.Equal("one", await Token(connection));
        Write("token", "two");
        Assert.Equal("one", await Token(connection));
        connection.Credential!.Refused();
        Assert.Equal("two", await Token(connection));
    }

    [Fact]
    public async Task An_account_without_a_token_is_told_until_there_is_one()
    {
        var connection = InCluster.Connect(folder);
        Write("token", "\n");
        for (var i = 0; i < 2; i++)
            Assert.Equal($"{folder}/token: no token in it", (await Assert.ThrowsAsync<ApiException>(() => Token(connection))).Message);
        Write("token", "three");
        Assert.Equal("three", await Token(connection));
    }

    [Fact]
    public void What_is_missing_is_told_in_one_line()
    {
        Write("ca.crt", "");
        File.Delete(Path.Combine(folder, "token"));
        Assert.Matches("^--in-cluster: Unable to load in-cluster configuration.* Outside of a pod use --kubeconfig.$", Refusal());
        Environment.SetEnvironmentVariable(Variables[0], null);
        Assert.Contains("KUBERNETES_SERVICE_HOST", Refusal(), StringComparison.Ordinal);
        Write("token", "one");
        Environment.SetEnvironmentVariable(Variables[0], "k");
        Environment.SetEnvironmentVariable(Variables[1], "none");
        Assert.StartsWith($"--in-cluster: the account in {folder} cannot be read: ", Refusal(), StringComparison.Ordinal);
    }

    private string Refusal() => Assert.Throws<InputException>(() => InCluster.Connect(folder)).Message;

    private static async Task<string?> Token(Connection connection) => (await connection.Credential!.GetAuthenticationHeaderAsync(Stop)).Parameter;

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
