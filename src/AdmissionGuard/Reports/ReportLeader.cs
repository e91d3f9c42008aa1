using AdmissionGuard.Core.Reports;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;

namespace AdmissionGuard.Reports;

/// <summary>
/// What the replica that leads does, round after round: see which API there is, judge what changed, write what became of it. Another leader begins
/// with another one of these.
/// </summary>
internal sealed class ReportLeader(IApiServer server, Func<bool, ChangedCluster?> look, ReportPace pace, TimeProvider time, TextWriter log)
{
    private readonly Audit audit = new();
    private readonly HashSet<string> open = new(StringComparer.Ordinal);
    private IReadOnlyList<ReportApi> known = [];
    private ReportWriter? writer;
    private bool isLoaded;
    private bool isBegun;
    private string? said;
    private long writes;
    private DateTimeOffset nextApi = DateTimeOffset.MinValue;
    private DateTimeOffset nextRecall = DateTimeOffset.MinValue;
    private DateTimeOffset nextAll = DateTimeOffset.MaxValue;
    private TimeSpan lastPass;

    /// <param name="earlier">Writes of the leaders before this one in this replica.</param>
    /// <param name="errors">Rounds that failed in this replica.</param>
    public ReportState State(long earlier, long errors) =>
        new(
            IsLeading: true,
            audit.Objects,
            writer?.Reports ?? 0,
            writer?.Results ?? 0,
            writer?.LeftOut ?? 0,
            earlier + writes + (writer?.Writes ?? 0),
            errors,
            lastPass
        );

    /// <summary>Whatever is left undone is done by the next round.</summary>
    /// <param name="isLeading">Asked before each write: a process that slept must not write into what another one leads.</param>
    /// <exception cref="ApiException">Something could not be read or written.</exception>
    public async Task Round(Func<bool> isLeading, CancellationToken stop)
    {
        if (time.GetUtcNow() >= nextApi)
            await Choose(stop);
        if (writer is null || !await Judge(stop))
            return;
        if (!isLoaded || time.GetUtcNow() >= nextRecall)
            await Recall(writer, stop);
        foreach (var ns in open.ToArray())
        {
            if (!isLeading())
                return;
            await Write(writer, ns, stop);
        }
    }

    /// <summary>One writer: where both APIs are installed, what is ours in the other one goes.</summary>
    private async Task Choose(CancellationToken stop)
    {
        var served = new List<ReportApi>();
        foreach (var api in ReportApi.All)
        {
            if (await server.Serves(api.Reports, stop) && await server.Serves(api.ClusterReports, stop))
                served.Add(api);
        }
        if (!served.SequenceEqual(known))
        {
            foreach (var other in served.Skip(1))
                await new ReportWriter(server, other, time).Clear(stop);
            known = served;
        }
        nextApi = time.GetUtcNow() + pace.Api;
        var chosen = served.FirstOrDefault();
        if (chosen != writer?.Api)
        {
            writes += writer?.Writes ?? 0;
            writer = chosen is null ? null : new ReportWriter(server, chosen, time);
            isLoaded = false;
        }
        Say(chosen is null ? "neither OpenReports nor PolicyReports are installed, looked for again every minute" : $"written as {chosen}");
    }

    /// <summary>False while the cluster is not known as a whole: half a snapshot makes no report.</summary>
    private async Task<bool> Judge(CancellationToken stop)
    {
        var began = time.GetTimestamp();
        if (look(!isBegun) is not { } looked)
            return false;
        audit.Take(looked.Cluster, looked.Objects, looked.Namespaces);
        if (!isBegun || time.GetUtcNow() >= nextAll)
        {
            audit.JudgeAll();
            nextAll = time.GetUtcNow() + pace.All;
        }
        isBegun = true;
        if (audit.Open == 0)
            return true;
        while (audit.Open > 0)
        {
            var from = time.GetTimestamp();
            audit.Judge(ReportPace.Most, time.GetUtcNow(), open);
            await Task.Delay(time.GetElapsedTime(from) + TimeSpan.FromMilliseconds(1), time, stop);
        }
        lastPass = time.GetElapsedTime(began);
        return true;
    }

    private async Task Recall(ReportWriter to, CancellationToken stop)
    {
        isLoaded = false;
        await to.Load(stop);
        open.UnionWith(to.Namespaces);
        open.UnionWith(audit.Namespaces);
        isLoaded = true;
        nextRecall = time.GetUtcNow() + pace.Recall;
    }

    private async Task Write(ReportWriter to, string ns, CancellationToken stop)
    {
        if (!audit.CanHold(ns))
        {
            to.Forget(ns);
            // it may be seen later than what is in it
            if (!audit.Namespaces.Contains(ns))
                open.Remove(ns);
            return;
        }
        try
        {
            await to.Write(ns, audit.ResultsIn(ns), stop);
            open.Remove(ns);
        }
        catch (ApiException e) when (e.IsConflict)
        {
            isLoaded = false; // somebody else wrote: the next round sees what
        }
        catch (ApiException e) when (e.IsNotFound || e.IsNamespaceEnding)
        {
            // the namespace went a moment ago, or the API: the watch, or the next look, tells
            isLoaded = false;
            nextApi = time.GetUtcNow();
        }
    }

    private void Say(string what)
    {
        if (said != what)
            log.WriteLine($"reports: {what}");
        said = what;
    }
}
