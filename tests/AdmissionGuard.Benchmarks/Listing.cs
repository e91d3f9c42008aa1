using System.Diagnostics;
using System.Globalization;
using AdmissionGuard.Benchmarks.Load;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;

namespace AdmissionGuard.Benchmarks;

/// <summary>
/// What it takes to list 5,000 Rollouts of a server in a process of its own, page by page, and to keep what rules can read of them.
/// </summary>
internal static class Listing
{
    private const int Rounds = 9;

    private static readonly Resource Rollouts = new("argoproj.io", "v1alpha1", "rollouts");

    public static async Task Run(TextWriter output)
    {
        using var server = new Child(Path.Join(AppContext.BaseDirectory, "AdmissionGuard.Benchmarks"), ["listing-server"]);
        while (server.FirstLine is null && !server.EndsWithin(TimeSpan.FromMilliseconds(20)))
            await Task.Yield();
        var kubeconfig = Path.GetTempFileName();
        try
        {
            var cluster = $"clusters: [{{name: c, cluster: {{server: \"{server.FirstLine}\"}}}}]";
            await File.WriteAllTextAsync(kubeconfig, $"{{current-context: c, {cluster}, contexts: [{{name: c, context: {{cluster: c}}}}]}}");
            using var api = new ApiServer(Kubeconfig.Connect(kubeconfig, context: null, _ => null, TimeProvider.System), TimeProvider.System);
            output.WriteLine($"| {ListingServer.Objects:#,0} Rollouts, median of {Rounds} | ms | MB allocated | MB kept | MiB resident at most |");
            output.WriteLine("|---|---:|---:|---:|---:|");
            await Measure(output, "whole objects", async () => (await api.List(Rollouts, default)).Items);
            await Measure(output, "what rules read of them", async () =>
                (await api.List(Rollouts, default, keep: root => ObjectTrimmer.Of(root, ObjectKind.Rollout))).Items
            );
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }

    private static async Task Measure(TextWriter output, string name, Func<Task<object>> list)
    {
        var (times, bytes, kept) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            await Task.Yield(); // what completed the last list stands on the stack and holds it
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var started = Stopwatch.GetTimestamp();
            var items = await list();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            bytes.Add((GC.GetTotalAllocatedBytes(precise: true) - allocated) / 1e6);
            kept.Add((GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6);
            GC.KeepAlive(items);
        }
        using var self = Process.GetCurrentProcess();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Medians.Of(times):0} | {Medians.Of(bytes):0.0} | {Medians.Of(kept):0.0} | {self.PeakWorkingSet64 / (1 << 20)} |"
            )
        );
    }
}
