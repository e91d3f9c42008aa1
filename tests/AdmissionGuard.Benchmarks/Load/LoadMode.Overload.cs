using System.Globalization;
using AdmissionGuard.Benchmarks.Objects;

namespace AdmissionGuard.Benchmarks.Load;

internal static partial class LoadMode
{
    /// <summary>
    /// Fixed arrival rates around what the server can do: answers and refusals, each with its time from when it was due, and then half the rate
    /// again.
    /// </summary>
    public static async Task Overload(TextWriter output, int connections, TimeSpan time, string executable)
    {
        using var certificates = new Certificates();
        var port = FreePort();
        using var serve = Serve(port, certificates, [], executable);
        var client = new LoadClient(port, certificates.Authority);
        var body = Cases.Of(Case.CleanCreate);
        await client.FirstAnswer(body, TimeSpan.FromSeconds(20));
        await client.Run("/validate", body, "\"allowed\":true", 8, AtMost, TimeSpan.FromSeconds(2));
        var sustained = (await client.Run("/validate", body, "\"allowed\":true", 8, AtMost, time)).PerSecond;
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"closed loop, 8 connections: {sustained:0} requests/s; open loop, {connections}:")
        );
        output.WriteLine("| arrivals/s | of what it sustains | answered/s | p50 ms | p99 ms | refused/s | p50 ms | p99 ms |");
        output.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var part in (double[])[0.5, 1, 2, 0.5])
        {
            var rate = (int)(sustained * part);
            var became = await OpenLoop.Run(client, "/validate?timeout=1s", body, rate, connections, time);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {rate} | {part:0.0} | {became.Answered.Length / became.Seconds:0} | {Arrivals.Percentile(became.Answered, 0.5):0.0} | "
                        + $"{Arrivals.Percentile(became.Answered, 0.99):0.0} | {became.Refused.Length / became.Seconds:0} | "
                        + $"{Arrivals.Percentile(became.Refused, 0.5):0.0} | {Arrivals.Percentile(became.Refused, 0.99):0.0} |"
                )
            );
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident at most {serve.Resident("VmHWM"):0} MiB"));
    }
}
