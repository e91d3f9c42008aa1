using System.Text.RegularExpressions;

namespace AdmissionGuard.Cluster;

/// <summary>The program as it is built, serving on loopback with its own certificate, registered as deploy/ does it.</summary>
internal sealed partial class GuardServer : IAsyncDisposable
{
    private readonly Kubectl kubectl;
    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-served").FullName;
    private readonly Daemon process;

    private GuardServer(Kubectl kubectl)
    {
        this.kubectl = kubectl;
        process = Daemon.Start(folder, Path.Combine(folder, "log"), "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "admissionguard.dll"), "serve", "--listen", "127.0.0.1:0");
    }

    public static async Task<GuardServer> Start(Kubectl kubectl)
    {
        var server = new GuardServer(kubectl);
        await Waiting.Until(() => server.process.HasExited || Address().IsMatch(server.process.Printed), () => server.process.Printed);
        Assert.False(server.process.HasExited, server.process.Printed);
        (await kubectl.Apply(server.Configurations())).Passed();
        return server;
    }

    /// <summary>As a node that dies: no farewell.</summary>
    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        await kubectl.Run("delete validatingwebhookconfiguration,mutatingwebhookconfiguration admissionguard --ignore-not-found");
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>What `deploy/` installs, with an address in the place of the Service, which has no pods here.</summary>
    private string Configurations()
    {
        var yaml = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "base", "webhooks.yaml"));
        var url = Address().Match(process.Printed).Groups["url"].Value;
        var authority = Convert.ToBase64String(File.ReadAllBytes(Path.Combine(folder, "certs", "ca.crt")));
        Assert.Equal(2, Service().Count(yaml));
        return Service().Replace(yaml, m => $"    url: {url}{m.Groups["path"].Value}\n    caBundle: {authority}\n");
    }

    [GeneratedRegex("listens on (?<url>https://127\\.0\\.0\\.1:[0-9]+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    [GeneratedRegex("^    service:\n(?:      (?!path:).*\n)*      path: (?<path>.*)\n(?:      .*\n)*", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Service();
}
