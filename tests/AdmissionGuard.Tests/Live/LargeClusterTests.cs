using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;
using AdmissionGuard.Tests.Kubernetes;
using AdmissionGuard.Tests.Server;
using Microsoft.AspNetCore.Http;

namespace AdmissionGuard.Tests.Live;

/// <summary>A cluster of large objects, and the memory that deploy/ gives a replica.</summary>
public sealed class LargeClusterTests
{
    /// <summary>As .NET takes of the limit of a container: three quarters.</summary>
    private const long Heap = (768L << 20) * 3 / 4;

    private const int Objects = 60;

    private const string Loaded = "admissionguard_watch_synced{kind=\"VirtualService\"} 1\n";

    [Fact]
    public async Task A_replica_with_the_memory_of_deploy_takes_in_sixty_objects_of_a_megabyte()
    {
        await using var api = await FakeApi.Always(Answer);
        var folder = Directory.CreateTempSubdirectory("admissionguard-large");
        try
        {
            var kubeconfig = Path.Combine(folder.FullName, "kubeconfig");
            await File.WriteAllTextAsync(
                kubeconfig,
                $$$"""
                {"apiVersion":"v1","kind":"Config","current-context":"a","contexts":[{"name":"a","context":{"cluster":"a","user":"a"}}],
                 "clusters":[{"name":"a","cluster":{"server":"{{{api.Server}}}"}}],"users":[{"name":"a","user":{"token":"t"}}]}
                """,
                FakeApi.Stop
            );
            var start = new ProcessStartInfo(TestedProgram.File)
            {
                UseShellExecute = false,
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["DOTNET_GCHeapHardLimit"] = Heap.ToString("x", CultureInfo.InvariantCulture) },
            };
            foreach (
                var argument in (string[])
                    [
                        .. TestedProgram.Before,
                        "serve",
                        "--listen",
                        "127.0.0.1:0",
                        "--kubeconfig",
                        kubeconfig,
                        "--profile",
                        "strict",
                        "--reports",
                        "auto",
                    ]
            )
            {
                start.ArgumentList.Add(argument);
            }
            using var process = Process.Start(start)!;
            try
            {
                var log = new StringBuilder();
                process.ErrorDataReceived += (_, line) => log.AppendLine(line.Data);
                process.BeginErrorReadLine();
                var printed = await process.StandardOutput.ReadLineAsync(FakeApi.Stop);
                var address = printed!.Split(' ').First(w => w.StartsWith("https://", StringComparison.Ordinal)).TrimEnd(',');
                using var handler = new SocketsHttpHandler
                {
                    SslOptions = { RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null },
                };
                using var client = new HttpClient(handler);
                var metrics = "";
                for (var since = Stopwatch.StartNew(); !metrics.Contains(Loaded, StringComparison.Ordinal); )
                {
                    Assert.True(!process.HasExited && since.Elapsed < TimeSpan.FromSeconds(90), $"{log}\n{metrics}");
                    metrics = await client.GetStringAsync(new Uri(address + "/metrics"), FakeApi.Stop);
                }
                Assert.DoesNotContain("OutOfMemory", log.ToString(), StringComparison.Ordinal);
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void One_object_adds_so_many_entries_to_the_index_and_no_more()
    {
        var hosts = string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"h{i}\""));
        var root = Node.Parse($$$"""{"kind":"VirtualService","metadata":{"name":"a","namespace":"shop"},"spec":{"hosts":[{{{hosts}}}]}}""");
        var found = References.Of(new ObjectKey(ObjectKind.VirtualService, "shop", "a"), root, "cluster.local");
        Assert.Equal(References.Most, found.Count);
    }

    /// <summary>Eight megabytes are the most that a request may have; each rule that makes a text of them doubles that.</summary>
    [Theory]
    [InlineData("DestinationRule", "{'host':'#'}")]
    [InlineData("VirtualService", "{'hosts':['#'],'http':[{'route':[{'destination':{'host':'#'}}]}]}")]
    [InlineData("ServiceEntry", "{'hosts':['#']}")]
    public void A_text_of_megabytes_costs_few_times_itself(string kind, string spec)
    {
        var json = $"{{'apiVersion':'networking.istio.io/v1','kind':'{kind}','metadata':{{'name':'api','namespace':'shop'}},'spec':{spec}}}".Replace(
            "#",
            new string('a', 4_000_000) + ".com",
            StringComparison.Ordinal
        );
        var review = Judge.Review(json);
        var cluster = Core.Evaluation.Cluster.Live.With([Laws.KnownObjects.Everything(fix: true)]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var verdict = Core.Evaluation.Evaluator.Evaluate(review, cluster);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16_000_000);
        Assert.False(verdict.Allowed);
    }

    private static async Task Answer(HttpContext context)
    {
        var plural = context.Request.Path.Value!.Split('/')[^1];
        if (context.Request.Query.ContainsKey("watch"))
        {
            await FakeApi.Silence()(context);
            return;
        }
        if (context.Request.Method != "GET")
        {
            context.Response.StatusCode = (int)HttpStatusCode.Forbidden;
            return;
        }
        var items = new List<string>();
        var next = "";
        if (plural == "virtualservices")
        {
            var limit = int.Parse(context.Request.Query["limit"].ToString(), CultureInfo.InvariantCulture);
            var from = int.TryParse(context.Request.Query["continue"], CultureInfo.InvariantCulture, out var given) ? given : 0;
            items.AddRange(Enumerable.Range(from, Math.Min(limit, Objects - from)).Select(Large));
            next = from + items.Count < Objects ? $"{from + items.Count}" : "";
        }
        await FakeApi.Body(FakeApi.Page("1", next, [.. items]))(context);
    }

    private static string Large(int number)
    {
        var routes = Enumerable
            .Range(0, 6_000)
            .Select(i =>
                $"{{\"name\":\"route-{i}\",\"match\":[{{\"uri\":{{\"prefix\":\"/{i}\"}}}}],"
                + $"\"route\":[{{\"destination\":{{\"host\":\"h{i}.shop{number}.svc.cluster.local\",\"subset\":\"v1\"}},\"weight\":100}}]}}"
            );
        return "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"VirtualService\","
            + "\"metadata\":{\"resourceVersion\":\"1\",\"namespace\":\"shop\","
            + $"\"name\":\"api-{number}\"}},\"spec\":{{\"hosts\":[\"api-{number}\"],\"http\":[{string.Join(',', routes)}]}}}}";
    }
}
