using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using AdmissionGuard.Files;
using AdmissionGuard.Telemetry;
using Microsoft.Extensions.Configuration;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Telemetry;

/// <summary>What a collector gets from the program as it is built, told where by the standard variables alone.</summary>
public sealed partial class OtlpTests : IDisposable
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Parent = "b7ad6b7169203331";
    private const string Unsampled = "1bf7651916cd43dd8448eb211c80319c";

    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-otlp").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_collector_gets_the_metrics_and_a_span_that_continues_the_trace_of_the_API_server()
    {
        await using var collector = await OtlpListener.Start();
        await Serve(
            [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
                ("OTEL_BSP_SCHEDULE_DELAY", "100"),
                ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
                ("OTEL_RESOURCE_ATTRIBUTES", "k8s.cluster.name=blue"),
            ],
            async client =>
            {
                await Ask(client, $"00-{Unsampled}-{Parent}-00");
                await Ask(client, $"00-{Trace}-{Parent}-01");
                await Until(() => collector.Spans.Any(s => s.Hex(1) == Trace) && collector.Metrics.Any(m => m.Text(1) == Metrics.Reviews.Name));
            }
        );
        var span = Assert.Single(collector.Spans, s => s.Hex(1) == Trace);
        Assert.Equal(Parent, span.Hex(4));
        Assert.Equal(("validate", 2ul), (span.Text(5), span.Number(6))); // a server's span
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["admissionguard.kind"] = "DestinationRule",
                ["admissionguard.operation"] = "CREATE",
                ["admissionguard.outcome"] = "denied",
                ["admissionguard.dry_run"] = "false",
                ["admissionguard.namespace"] = "shop",
                ["admissionguard.name"] = "api",
                ["admissionguard.rules"] = "1",
                ["admissionguard.findings"] = "1",
            },
            span.Attributes(9)
        );
        Assert.DoesNotContain(collector.Spans, s => s.Hex(1) == Unsampled); // the API server's choice
        foreach (var resource in (WireMessage[])[collector.Traces.First().All(1).Single(), collector.Resources.First().All(1).Single()])
        {
            Assert.Equal("admissionguard", resource.Attributes(1)["service.name"]);
            Assert.Equal("blue", resource.Attributes(1)["k8s.cluster.name"]);
        }
        var reviews = collector.Metrics.Last(m => m.Text(1) == Metrics.Reviews.Name).All(7).Single();
        Assert.Equal((2ul, 1ul), (reviews.Number(2), reviews.Number(3))); // cumulative, and only growing
        var point = Assert.Single(reviews.All(1));
        Assert.Equal(2ul, point.Number(6));
        Assert.Equal(Metrics.Reviews.Labels.Order(), point.Attributes(7).Keys.Order());
        var durations = collector.Metrics.Last(m => m.Text(1) == Metrics.ReviewDuration.Name);
        Assert.Equal("s", durations.Text(3));
        Assert.Equal(Metrics.DurationBuckets, durations.All(9, 1).Single().Doubles(7));
        Assert.All(collector.Metrics, m => Assert.Contains(Metrics.All, k => k.Name == m.Text(1) && k.Unit == m.Text(3) && k.Help == m.Text(2)));
    }

    [Theory]
    [InlineData("TRACES", "/v1/traces")]
    [InlineData("METRICS", "/v1/metrics")]
    public async Task A_signal_with_an_endpoint_of_its_own_is_exported_alone(string signal, string path)
    {
        await using var collector = await OtlpListener.Start();
        await Serve(
            [
                ($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", collector.Url + path),
                ($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "http/protobuf"),
                ("OTEL_BSP_SCHEDULE_DELAY", "100"),
                ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
            ],
            async client =>
            {
                await Ask(client, traceparent: null);
                await Until(() => collector.Paths.Any());
            }
        );
        Assert.Equal([path], collector.Paths);
    }

    [Theory]
    [InlineData("")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT= ")]
    [InlineData("OTEL_SERVICE_NAME=guard;OTEL_METRICS_EXPORTER=otlp")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1;OTEL_SDK_DISABLED=true")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1;OTEL_TRACES_EXPORTER=none;OTEL_METRICS_EXPORTER=none")]
    public void Without_an_endpoint_or_where_it_is_switched_off_nothing_is_made(string variables)
    {
        using var log = new StringWriter();
        Assert.Null(OtlpExport.Start(Environment(variables), log));
        Assert.Equal("", log.ToString());
    }

    [Fact]
    public void An_endpoint_that_is_not_a_URL_is_told_before_anything_is_served()
    {
        var error = Assert.Throws<InputException>(() =>
            OtlpExport.Start(Environment("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=collector:4317"), TextWriter.Null)
        );
        Assert.StartsWith("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ", error.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Environment(string variables) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                variables
                    .Split(';', StringSplitOptions.RemoveEmptyEntries)
                    .Select(v => new KeyValuePair<string, string?>(v.Split('=')[0], v.Split('=')[1]))
            )
            .Build();

    private static async Task Ask(HttpClient client, string? traceparent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/validate") { Content = Body(Review(Bad)) };
        if (traceparent is not null)
            request.Headers.Add("traceparent", traceparent);
        Assert.False((bool)(await Response(await client.SendAsync(request, Stop)))["allowed"]!);
    }

    private async Task Serve(IEnumerable<(string Name, string Value)> environment, Func<HttpClient, Task> ask)
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "policy.yaml"),
            "apiVersion: admissionguard.io/v1alpha1\nkind: GuardPolicy\nmetadata: {name: test}\nspec:\n  rules:\n"
                + $"  - {{rule: {Rule}, action: deny}}\n",
            Stop
        );
        var start = new ProcessStartInfo(TestedProgram.File)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])[.. TestedProgram.Before, "serve", "--listen", "127.0.0.1:0", "--policy", "policy.yaml", "--drain", "0"])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var first = await process.StandardOutput.ReadLineAsync(Stop) ?? "";
            using var client = Trusting(Path.Combine(folder, "certs", "ca.crt"));
            client.BaseAddress = new Uri(Address().Match(first).Value);
            await ask(client);
            // what waits is sent before the end
            using var kill = Process.Start("kill", ["-15", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync(Stop);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
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

    [GeneratedRegex("https://127\\.0\\.0\\.1:[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
