using AdmissionGuard.Core.Reports;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Reports;

/// <summary>
/// Brings the reports of an API to what they should say, one write after another, and writes nothing that is there already. Every write names the
/// version that it saw:
/// of two that write, one gets a conflict and looks again.
/// </summary>
internal sealed class ReportWriter(IApiServer server, ReportApi api, TimeProvider time)
{
    private readonly record struct Held(string Version, UInt128 Content, Dictionary<UInt128, long> Since, int Results);

    /// <summary>What is stored of ours.</summary>
    private readonly SortedDictionary<(string Namespace, string Name), Held> held = [];

    private readonly Dictionary<string, int> leftOut = new(StringComparer.Ordinal);

    public ReportApi Api => api;

    public int Reports => held.Count;

    public int Results => held.Values.Sum(h => h.Results);

    /// <summary>Results that found no room in any report.</summary>
    public int LeftOut => leftOut.Values.Sum();

    /// <summary>Reports that were written or removed.</summary>
    public long Writes { get; private set; }

    /// <summary>Those that have a report.</summary>
    public IEnumerable<string> Namespaces => held.Keys.Select(k => k.Namespace).Distinct(StringComparer.Ordinal);

    /// <summary>Looks what is stored. What others wrote into a report of ours is seen here and nowhere else.</summary>
    /// <exception cref="ApiException">Nothing is known then.</exception>
    public async Task Load(CancellationToken stop)
    {
        held.Clear();
        foreach (var resource in (Resource[])[api.Reports, api.ClusterReports])
        {
            foreach (var report in (await server.List(resource, stop, labelSelector: ReportBody.Selector, pageSize: 20)).Items)
            {
                var key = ItemName.Of(report);
                held[(key.Namespace, key.Name)] = HeldOf(report);
            }
        }
    }

    /// <summary>Writes what differs and removes what is too many.</summary>
    /// <exception cref="ApiException">Some of it may be done.</exception>
    public async Task Write(string ns, IEnumerable<AuditResult> results, CancellationToken stop)
    {
        var shards = Shards.Of(results, out var left);
        if (left > 0)
            leftOut[ns] = left;
        else
            leftOut.Remove(ns);
        // a result that moves to another of the reports was found when it was found
        var since = held.Where(h => h.Key.Namespace == ns).SelectMany(h => h.Value.Since).DistinctBy(s => s.Key).ToDictionary();
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        for (var i = 0; i < shards.Count; i++)
        {
            var name = Shards.Name(i);
            var before = held.TryGetValue((ns, name), out var known) ? known : default;
            var body = ReportBody.Report(api, ns, name, shards[i], digest => since.GetValueOrDefault(digest, now), before.Version);
            if (before.Version is not null && before.Content == ReportBody.Read(Core.Json.Node.Parse(body)).Content)
                continue;
            held[(ns, name)] = HeldOf(await server.Apply(api.ResourceIn(ns), ns, name, body, stop));
            Writes++;
        }
        var names = Enumerable.Range(0, shards.Count).Select(Shards.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, report) in held.Where(h => h.Key.Namespace == ns && !names.Contains(h.Key.Name)).ToArray())
        {
            if (await server.Delete(api.ResourceIn(ns), ns, key.Name, stop, report.Version))
                Writes++;
            held.Remove(key);
        }
    }

    /// <summary>The namespace is gone, or going: what was in it is nobody's work.</summary>
    public void Forget(string ns)
    {
        foreach (var key in held.Keys.Where(k => k.Namespace == ns).ToArray())
            held.Remove(key);
        leftOut.Remove(ns);
    }

    /// <summary>Removes all that is ours.</summary>
    public async Task<int> Clear(CancellationToken stop)
    {
        await Load(stop);
        var removed = 0;
        foreach (var ((ns, name), report) in held.ToArray())
        {
            if (await server.Delete(api.ResourceIn(ns), ns, name, stop, report.Version))
                removed++;
            held.Remove((ns, name));
        }
        return removed;
    }

    private static Held HeldOf(Core.Json.Node report)
    {
        var (content, since) = ReportBody.Read(report);
        return new Held(report["metadata"u8]["resourceVersion"u8].Text ?? "", content, since, report["results"u8].Count);
    }
}
