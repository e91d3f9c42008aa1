using AdmissionGuard.Certificates;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using AdmissionGuard.Loops;

namespace AdmissionGuard.Reports;

/// <summary>
/// The audit of a replica: it works while the replica holds the Lease of that name, and answers no request. Switched off, whoever holds the Lease
/// removes what is there and
/// keeps it, so that a replica which is not yet switched off cannot begin again.
/// </summary>
internal sealed class ClusterReports : IAsyncDisposable
{
    private readonly IApiServer server;
    private readonly LiveCluster? live;
    private readonly ReportPace pace;
    private readonly TimeProvider time;
    private readonly TextWriter log;
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private volatile ReportState standing = ReportState.None;
    private long errors;
    private long writes;

    /// <param name="live">Whom to ask what is in the cluster; null removes every report instead.</param>
    public ClusterReports(IApiServer server, LiveCluster? live, ClusterReportOptions options)
    {
        this.server = server;
        this.live = live;
        pace = options.Pace;
        time = options.Time;
        log = options.Log;
        var lease = new ItemName(options.Service.Namespace, options.Service.ReportLease);
        running = Vital.Run(
            "the lease of the reports",
            server.Lead(lease, Lead, why => log.WriteLine($"reports: the lease: {why}"), stop.Token),
            stop.Token
        );
    }

    public ReportState State => standing;

    /// <summary>Gives the lease back.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task Lead(Func<bool> isLeading, CancellationToken lost)
    {
        var leader = Leader();
        var backoff = new Backoff(Random.Shared.NextDouble);
        string? told = null;
        try
        {
            await new Loop("audit", "the audit broke, please report; requests are answered all the same", time, log).Run(Round, lost);
        }
        finally
        {
            Leave();
            standing = ReportState.None with { Writes = writes, Errors = errors };
        }

        async Task<TimeSpan?> Round(CancellationToken ended)
        {
            var pause = leader is null ? Timeout.InfiniteTimeSpan : pace.Look;
            try
            {
                if (leader is null)
                    await Clear(ended);
                else
                    await leader.Round(isLeading, ended);
                told = null;
                backoff.Reset();
            }
            catch (ApiException e)
            {
                errors++;
                pause = backoff.Next(e.RetryAfter) + pace.Look;
                if (told != e.Message)
                    log.WriteLine($"reports: tried again until it can be done: {told = e.Message}");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                errors++;
                Leave();
                leader = Leader(); // what it had judged may be what broke it
                throw;
            }
            if (leader is not null)
                standing = leader.State(writes, errors);
            return pause;
        }

        // counts only grow, whoever leads next
        void Leave() => writes = leader?.State(writes, errors).Writes ?? writes;

        ReportLeader? Leader() => live is null ? null : new ReportLeader(server, live.Look, pace, time, log);
    }

    private async Task Clear(CancellationToken lost)
    {
        var removed = 0;
        foreach (var api in ReportApi.All)
        {
            if (await server.Serves(api.Reports, lost) && await server.Serves(api.ClusterReports, lost))
                removed += await new ReportWriter(server, api, time).Clear(lost);
        }
        log.WriteLine($"reports: off, {removed} removed");
    }
}
