using System.Net;
using System.Text.RegularExpressions;
using AdmissionGuard.Certificates;

namespace AdmissionGuard.Cluster;

/// <summary>The program as it is built, serving on loopback with its own certificate, and its registration as deploy/README.md has it.</summary>
internal sealed partial class GuardServer : IAsyncDisposable
{
    private readonly Kubectl kubectl;
    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-served").FullName;
    private readonly Daemon process;

    private GuardServer(Kubectl kubectl, string[] options)
    {
        this.kubectl = kubectl;
        // in a cluster a certificate comes from its Secret; these tests are about what is judged
        using var made = new CertificateFolder(Path.Combine(folder, "certs")).ReadOrMake(DateTimeOffset.UtcNow, ["localhost"], [IPAddress.Loopback], out _);
        process = Daemon.Start(folder, Path.Combine(folder, "log"), "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "admissionguard.dll"), "serve", "--listen", "127.0.0.1:0", "--cert-dir", "certs", .. options]);
    }

    public static async Task<GuardServer> Start(Kubectl kubectl, params string[] options)
    {
        var server = new GuardServer(kubectl, options);
        await Waiting.Until(() => server.process.HasExited || Address().IsMatch(server.process.Printed), () => server.process.Printed);
        Assert.False(server.process.HasExited, server.process.Printed);
        (await kubectl.Apply(server.Configurations())).Passed();
        return server;
    }

    public string Url => Address().Match(process.Printed).Groups["url"].Value;

    /// <summary>As a caBundle is written.</summary>
    public string Authority => Convert.ToBase64String(File.ReadAllBytes(Path.Combine(folder, "certs", "ca.crt")));

    /// <summary>As a node that dies: no farewell.</summary>
    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        await kubectl.Run("delete validatingwebhookconfiguration,mutatingwebhookconfiguration admissionguard --ignore-not-found");
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The document's own text, with the address, the authority and the rules that it leaves to the reader.</summary>
    private string Configurations()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "README.md"));
        var yaml = Yaml().Match(text).Groups["yaml"].Value;
        var shared = Shared().Match(yaml).Groups["rules"].Value;
        return Elided().Replace(yaml, _ => shared)
            .Replace("https://ADDRESS:8443", Url, StringComparison.Ordinal)
            .Replace("BASE64", Authority, StringComparison.Ordinal);
    }

    [GeneratedRegex("listens on (?<url>https://127\\.0\\.0\\.1:[0-9]+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    [GeneratedRegex("^```yaml\n(?<yaml>apiVersion: admissionregistration.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Yaml();

    [GeneratedRegex("^(?<rules>  rules:\n.*?)^  failurePolicy:", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shared();

    [GeneratedRegex("^  rules: \\[\\].*\n", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Elided();
}
