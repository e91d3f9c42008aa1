using System.Net;
using System.Text.RegularExpressions;
using AdmissionGuard.Certificates;
using AdmissionGuard.Tests;

namespace AdmissionGuard.Cluster;

/// <summary>The program as it is built, serving on loopback with its own certificate, registered as deploy/ does it.</summary>
internal sealed partial class GuardServer : IAsyncDisposable
{
    private readonly Kubectl kubectl;
    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-served").FullName;
    private readonly string[] options;
    private Daemon process;

    private GuardServer(Kubectl kubectl, string[] options)
    {
        this.kubectl = kubectl;
        this.options = options;
        // in a cluster a certificate comes from its Secret; these tests are about what is judged
        using var made = new CertificateFolder(Path.Combine(folder, "certs")).ReadOrMake(
            DateTimeOffset.UtcNow,
            ["localhost"],
            [IPAddress.Loopback],
            out _
        );
        process = Run("127.0.0.1:0");
    }

    public static async Task<GuardServer> Start(Kubectl kubectl, params string[] options)
    {
        var server = new GuardServer(kubectl, options);
        await server.UntilListening();
        (await kubectl.Apply(server.Configurations(policies: false))).Passed();
        return server;
    }

    private string Url => Address().Match(process.Printed).Groups["url"].Value;

    /// <summary>As a caBundle is written.</summary>
    private string Authority => Convert.ToBase64String(File.ReadAllBytes(Path.Combine(folder, "certs", "ca.crt")));

    /// <summary>Registers what refuses broken policies too; without it tests can store one.</summary>
    public async Task JudgePolicies() => (await kubectl.Apply(Configurations(policies: true))).Passed();

    /// <summary>
    /// Waits until the server knows all objects of the kinds that its policies look up: until then their rules warn at most, and a first denial
    /// proves nothing about the other kinds. The policies must be in force.
    /// </summary>
    public async Task UntilAllKnown()
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null },
        };
        using var client = new HttpClient(handler);
        var watches = "";
        await Waiting.Until(
            async () =>
            {
                var metrics = await client.GetStringAsync(new Uri(Url + "/metrics"), Waiting.Stop);
                var lines = metrics.Split('\n').Where(l => l.StartsWith("admissionguard_watch_synced{", StringComparison.Ordinal)).ToList();
                watches = string.Join('\n', lines);
                return lines.Exists(l => l.Contains("VirtualService", StringComparison.Ordinal))
                    && lines.TrueForAll(l => l.EndsWith(" 1", StringComparison.Ordinal));
            },
            () => "not all kinds are known:\n" + watches
        );
    }

    /// <inheritdoc cref="Daemon.Look"/>
    public System.Diagnostics.Process Look() => process.Look();

    /// <summary>As a node that dies: no farewell.</summary>
    public void Kill() => process.Kill();

    /// <summary>Where it was, with the certificate that it had: what is registered stays as it is.</summary>
    public async Task Restart()
    {
        var listen = new Uri(Url).Authority;
        process.Dispose();
        File.Delete(Path.Combine(folder, "log"));
        process = Run(listen);
        await UntilListening();
    }

    public async ValueTask DisposeAsync()
    {
        await kubectl.Run("delete validatingwebhookconfiguration,mutatingwebhookconfiguration admissionguard --ignore-not-found");
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private Daemon Run(string listen) =>
        Daemon.Start(
            folder,
            Path.Combine(folder, "log"),
            TestedProgram.File,
            [.. TestedProgram.Before, "serve", "--listen", listen, "--cert-dir", "certs", .. options]
        );

    private async Task UntilListening()
    {
        await Waiting.Until(() => process.HasExited || Address().IsMatch(process.Printed), () => process.Printed);
        Assert.False(process.HasExited, process.Printed);
    }

    /// <summary>What `deploy/` installs, with an address in the place of the Service, which has no pods here.</summary>
    private string Configurations(bool policies)
    {
        var yaml = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "base", "webhooks.yaml"));
        Assert.Matches(OfPolicies(), yaml);
        if (!policies)
            yaml = OfPolicies().Replace(yaml, "");
        return Service().Replace(yaml, m => $"    url: {Url}{m.Groups["path"].Value}\n    caBundle: {Authority}\n");
    }

    [GeneratedRegex("listens on (?<url>https://127\\.0\\.0\\.1:[0-9]+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    [GeneratedRegex("^- name: policies[.].*\n(?:  .*\n)+", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OfPolicies();

    [GeneratedRegex(
        "^    service:\n(?:      (?!path:).*\n)*      path: (?<path>.*)\n(?:      .*\n)*",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Service();
}
