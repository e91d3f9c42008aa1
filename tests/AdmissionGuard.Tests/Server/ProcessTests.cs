using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

/// <summary>The program as it is built, started in an empty folder, asked as it says itself, and ended by signals.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard serve").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:0")]
    [InlineData("0.0.0.0:0")]
    public async Task Serve_alone_does_what_it_prints_and_ends_with_0(string listen)
    {
        using var process = Start("serve", "--listen", listen, "--drain", "1");
        try
        {
            var printed = await UntilPrinted(process, "Ctrl-C ends the server.");
            var commands = Curl().Matches(printed);
            Assert.Equal(2, commands.Count);
            using var client = Trusting(Path.Combine(folder, "certs", "ca.crt"));
            foreach (Match command in commands)
            {
                Assert.Equal(Path.Combine(folder, "certs", "ca.crt"), command.Groups["authority"].Value.Trim('\''));
                var response = await Response(
                    await client.PostAsync(new Uri(command.Groups["url"].Value.Trim('\'')), Body(command.Groups["json"].Value), Stop)
                );
                Assert.Equal("1", (string?)response["uid"]);
            }
            var address = new Uri(commands[0].Groups["url"].Value.Trim('\''));
            Signal(process, SigTerm);
            await Until(() =>
                client.GetAsync(new Uri(address, "/readyz"), Stop).GetAwaiter().GetResult().StatusCode == HttpStatusCode.ServiceUnavailable
            );
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(address, "/healthz"), Stop)).StatusCode);
            await process.WaitForExitAsync(Stop);
            Assert.Equal(0, process.ExitCode);
            Assert.Contains("stopping: unready now, the end in 1 s", await process.StandardError.ReadToEndAsync(Stop), StringComparison.Ordinal);
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(address, "/healthz"), Stop));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>The command line library gives a verb two seconds after a signal, unless it is told otherwise.</summary>
    [Fact]
    public async Task A_long_drain_is_not_cut_short_and_Ctrl_C_ends_it_at_once()
    {
        using var process = Start("serve", "--listen", "127.0.0.1:0", "--drain", "600");
        try
        {
            var printed = await UntilPrinted(process, "Ctrl-C ends the server.");
            using var client = Trusting(Path.Combine(folder, "certs", "ca.crt"));
            var health = new Uri(new Uri(Curl().Match(printed).Groups["url"].Value), "/healthz");
            Signal(process, SigTerm);
            var since = Stopwatch.StartNew();
            await Until(() => since.Elapsed > TimeSpan.FromSeconds(3) || process.HasExited);
            Assert.False(process.HasExited);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(health, Stop)).StatusCode);
            Signal(process, SigInt);
            await process.WaitForExitAsync(Stop);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    [Fact]
    public async Task What_lies_in_the_folder_or_the_environment_configures_nothing()
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "appsettings.json"),
            "{\"Kestrel\":{\"Endpoints\":{\"Plain\":{\"Url\":\"http://127.0.0.1:1\"}}},",
            Stop
        );
        using var process = Start("serve", "--listen", "127.0.0.1:0");
        try
        {
            await UntilPrinted(process, "Ctrl-C ends the server.");
            Signal(process, SigInt);
            await process.WaitForExitAsync(Stop);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    [Fact]
    public async Task Serve_follows_its_policy_files()
    {
        var file = Path.Combine(folder, "policy.yaml");
        await File.WriteAllTextAsync(file, Policy("deny"), Stop);
        using var process = Start("serve", "--listen", "127.0.0.1:0", "--policy", file);
        try
        {
            var printed = await UntilPrinted(process, "Ctrl-C ends the server.");
            using var client = Trusting(Path.Combine(folder, "certs", "ca.crt"));
            var server = new Uri(Curl().Match(printed).Groups["url"].Value);
            Assert.False(Allows());
            await File.WriteAllTextAsync(file, Policy("block"), Stop);
            await Until(() =>
                client
                    .GetStringAsync(new Uri(server, "/readyz?verbose"), Stop)
                    .GetAwaiter()
                    .GetResult()
                    .Contains("[-]policies refused", StringComparison.Ordinal)
            );
            Assert.False(Allows());
            await File.WriteAllTextAsync(file, Policy("warn"), Stop);
            await Until(Allows);
            Signal(process, SigInt);
            await process.WaitForExitAsync(Stop);
            Assert.Equal(0, process.ExitCode);
            var error = await process.StandardError.ReadToEndAsync(Stop);
            Assert.Contains($"{file}:7:48: spec.rules[0].action: is \"block\"", error, StringComparison.Ordinal);
            Assert.Contains("policies read again: test", error, StringComparison.Ordinal);

            bool Allows() =>
                (bool)
                    Response(client.PostAsync(new Uri(server, "/validate"), Body(Review(Bad)), Stop).GetAwaiter().GetResult())
                        .GetAwaiter()
                        .GetResult()["allowed"]!;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        static string Policy(string action) =>
            $"apiVersion: admissionguard.io/v1alpha1\nkind: GuardPolicy\nmetadata:\n  name: test\nspec:\n  rules:\n  - {{rule: {Rule}, "
            + $"action: {action}}}\n";
    }

    [Fact]
    public async Task A_taken_port_is_one_line_and_exits_2()
    {
        await using var other = await RunningServer.Start();
        using var process = Start("serve", "--listen", $"127.0.0.1:{other.Server.Address.Port}");
        await process.WaitForExitAsync(Stop);
        Assert.Equal(2, process.ExitCode);
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync(Stop));
        var error = await process.StandardError.ReadToEndAsync(Stop);
        Assert.EndsWith($"cannot listen on 127.0.0.1:{other.Server.Address.Port}: the address is in use", error.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private const int SigInt = 2;

    private const int SigTerm = 15;

    private Process Start(params string[] args)
    {
        var start = new ProcessStartInfo(TestedProgram.File)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var arg in (string[])[.. TestedProgram.Before, .. args])
            start.ArgumentList.Add(arg);
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:1";
        start.Environment["Kestrel__Endpoints__Plain__Url"] = "http://127.0.0.1:1";
        return Process.Start(start)!;
    }

    private static async Task<string> UntilPrinted(Process process, string last)
    {
        var text = new System.Text.StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(Stop) is { } line)
        {
            text.Append(line).Append('\n');
            if (line == last)
                return text.ToString();
        }
        Assert.Fail($"it ended: {text}{await process.StandardError.ReadToEndAsync(Stop)}");
        return "";
    }

    private static HttpClient Trusting(string authorityFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(File.ReadAllText(authorityFile)));
        return new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
            }
        );
    }

    private static void Signal(Process process, int signal)
    {
        using var kill = Process.Start(
            "kill",
            ["-" + signal.ToString(CultureInfo.InvariantCulture), process.Id.ToString(CultureInfo.InvariantCulture)]
        );
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    [GeneratedRegex(
        "^curl -sg --cacert (?<authority>'[^']+'|\\S+) (?<url>\\S+) -d '(?<json>[^']+)'$",
        RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Curl();
}
