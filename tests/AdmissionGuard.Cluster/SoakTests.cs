using System.Diagnostics;
using System.Globalization;

namespace AdmissionGuard.Cluster;

/// <summary>As long as ADMISSIONGUARD_SOAK_SECONDS says; without it the test is skipped.</summary>
public sealed class SoakTests(TestCluster cluster)
{
    [Fact]
    public async Task A_soak_leaves_memory_handles_and_threads_flat()
    {
        var isAsked = int.TryParse(Environment.GetEnvironmentVariable("ADMISSIONGUARD_SOAK_SECONDS"), CultureInfo.InvariantCulture, out var seconds);
        Assert.SkipUnless(isAsked, "it takes as long as ADMISSIONGUARD_SOAK_SECONDS says");
        await using var guard = await GuardServer.Start(cluster.Kubectl);
        var human = cluster.Kubectl.As(TestCluster.Human);
        (int Threads, int Handles, long Bytes)? early = null;
        var last = (Threads: 0, Handles: 0, Bytes: 0L);
        for (var since = Stopwatch.StartNew(); since.Elapsed < TimeSpan.FromSeconds(seconds); )
        {
            await human.Apply(VirtualService, "--dry-run=server");
            using var process = guard.Look();
            last = (process.Threads.Count, process.HandleCount, process.WorkingSet64);
            // what a process takes at first says nothing
            if (early is null && since.Elapsed > TimeSpan.FromSeconds(seconds / 4.0))
                early = last;
        }
        var before = early ?? last;
        Assert.True(last.Threads <= before.Threads + 8, $"{before} {last}");
        Assert.True(last.Handles <= before.Handles + 50, $"{before} {last}");
        Assert.True(last.Bytes <= (before.Bytes * 1.5) + (32 << 20), $"{before} {last}");
    }

    private const string VirtualService = """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: soak, namespace: default}
        spec: {hosts: [soak], http: [{route: [{destination: {host: soak}}]}]}
        """;
}
