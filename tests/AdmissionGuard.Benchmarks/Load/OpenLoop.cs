using System.Diagnostics;

namespace AdmissionGuard.Benchmarks.Load;

/// <summary>
/// What became of requests that came at a fixed rate: a request that the server keeps waiting counts from when it was due, not from when a free
/// connection sent it.
/// </summary>
/// <param name="Answered">Milliseconds of those with status 200, sorted.</param>
/// <param name="Refused">Milliseconds of those with status 503, sorted.</param>
internal sealed record Arrivals(double[] Answered, double[] Refused, double Seconds)
{
    public static double Percentile(double[] sorted, double part) =>
        sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * part)];
}

/// <summary>Open-loop load: requests are due at a fixed rate whatever the server does, shared out over kept-open connections.</summary>
internal static class OpenLoop
{
    public static async Task<Arrivals> Run(LoadClient client, string path, byte[] body, int perSecond, int connections, TimeSpan time)
    {
        var links = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => client.Open(path, body)));
        var count = (int)(perSecond * time.TotalSeconds);
        var due = (double)Stopwatch.Frequency / perSecond;
        var started = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 20);
        var all = await Task.WhenAll(links.Select((link, at) => Task.Run(() => Send(link, at))));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var link in links)
            await link.DisposeAsync();
        return new Arrivals(Sorted(200), Sorted(503), seconds);

        async Task<List<(int Status, double Milliseconds)>> Send(LoadClient.Link link, int at)
        {
            var became = new List<(int, double)>(count / connections + 1);
            for (var i = at; i < count; i += connections)
            {
                var when = started + (long)(i * due);
                var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), when);
                if (early > TimeSpan.FromMilliseconds(1))
                    await Task.Delay(early);
                var status = await link.Ask();
                became.Add((status, Stopwatch.GetElapsedTime(when).TotalMilliseconds));
            }
            return became;
        }

        double[] Sorted(int status) => [.. all.SelectMany(a => a).Where(a => a.Status == status).Select(a => a.Milliseconds).Order()];
    }
}
