using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Benchmarks.Objects;
using AdmissionGuard.Certificates;

namespace AdmissionGuard.Benchmarks.Load;

/// <summary>
/// Requests a second and round trips of <c>admissionguard serve</c>, each kind of review beside the floor for the same bytes, in turns: floor,
/// review, floor, review.
/// Servers and client are three processes, so that none waits for another's garbage collector.
/// </summary>
internal static partial class LoadMode
{
    private const int AtMost = 200_000;

    /// <summary>Two objects of nearly 1.5 MB, the most that etcd stores.</summary>
    private const int LargeRoutes = 6_500;

    private static readonly (string Name, string Path, Case Case, string Expected)[] Reviews =
    [
        ("clean CREATE", "/validate", Case.CleanCreate, "\"allowed\":true"),
        ("UPDATE", "/validate", Case.SmallUpdate, "\"allowed\":true"),
        ("denied, 40 findings", "/validate", Case.FortyFindings, "\"allowed\":false"),
        ("mutate, 20 repairs", "/mutate", Case.TwentyRepairs, "\"patch\""),
        ("mutate, DestinationRule", "/mutate", Case.DestinationRule, "\"patch\""),
    ];

    public static async Task Run(TextWriter output, int rounds, int connections, TimeSpan time, params (string Name, string Value)[] environment)
    {
        using var certificates = new Certificates();
        var (floorPort, servePort) = (FreePort(), FreePort());
        using var floor = new Child(
            Path.Join(AppContext.BaseDirectory, "AdmissionGuard.Benchmarks"),
            ["floor-server", Text(floorPort), certificates.Path],
            environment
        );
        using var serve = Serve(servePort, certificates, environment);
        var (toFloor, toServe) = (new LoadClient(floorPort, certificates.Authority), new LoadClient(servePort, certificates.Authority));
        await toFloor.FirstAnswer(Cases.Of(Case.CleanCreate), TimeSpan.FromSeconds(20));
        await toServe.FirstAnswer(Cases.Of(Case.CleanCreate), TimeSpan.FromSeconds(20));
        var fresh = serve.Resident();

        var measured = Reviews.Select(r => (Review: r, Floor: new List<Turn>(), Served: new List<Turn>())).ToList();
        for (var round = -1; round < rounds; round++)
        {
            foreach (var (review, floors, served) in measured)
            {
                var body = Cases.Of(review.Case);
                var below = await Take(floor, toFloor, review.Path, body, "\"allowed\":true", connections, time);
                var above = await Take(serve, toServe, review.Path, body, review.Expected, connections, time);
                if (round < 0)
                    continue; // the first round is for the JIT
                floors.Add(below);
                served.Add(above);
            }
        }
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{rounds} rounds of {time.TotalSeconds} s, {connections} connections, "
                    + $"medians{string.Concat(environment.Select(e => $", {e.Name}={e.Value}"))}"
            )
        );
        output.WriteLine(
            "| review | requests/s | floor | p50 µs | p99 µs | max µs | wall µs above the floor " + "| server CPU µs | floor CPU µs | CPU µs above |"
        );
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (review, floors, served) in measured)
        {
            var wall = Medians.Of(floors.Zip(served, (f, s) => (1e6 / s.Round.PerSecond) - (1e6 / f.Round.PerSecond)));
            var computed = Medians.Of(floors.Zip(served, (f, s) => s.Computed - f.Computed));
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {review.Name} | {Medians.Of(served.Select(t => t.Round.PerSecond)):0} "
                        + $"| {Medians.Of(floors.Select(t => t.Round.PerSecond)):0} "
                        + $"| {Medians.Of(served.Select(t => t.Round.Percentile(0.5))):0} | "
                        + $"{Medians.Of(served.Select(t => t.Round.Percentile(0.99))):0} | {served.Max(t => t.Round.Microseconds[^1]):0} | "
                        + $"{wall:0.0} | {Medians.Of(served.Select(t => t.Computed)):0.0} | "
                        + $"{Medians.Of(floors.Select(t => t.Computed)):0.0} | {computed:0.0} |"
                )
            );
        }
        var requests = measured.Sum(m => m.Served.Sum(t => t.Round.Microseconds.Length));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"resident MiB of serve: {fresh:0} after the first answer, {serve.Resident():0} after {requests} requests and more, "
                    + $"{serve.Resident("VmHWM"):0} at most; floor {floor.Resident("VmHWM"):0} at most"
            )
        );
        output.WriteLine(
            $"the largest reviews: {await Largest(toServe, connections)}; serve {serve.Resident():0} MiB after them, "
                + $"{serve.Resident("VmHWM"):0} at most"
        );
    }

    private static async Task<string> Largest(LoadClient client, int connections)
    {
        var body = WireReview.Update(Adversary.All[1].Object(LargeRoutes), Adversary.All[1].Old!(LargeRoutes));
        try
        {
            var round = await client.Run("/validate", body, "\"allowed\":true", connections, atMost: 200, TimeSpan.FromSeconds(10));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{round.Microseconds.Length} of {body.Length >> 10} KB, p50 {round.Percentile(0.5) / 1000:0} ms"
            );
        }
        catch (InvalidOperationException e)
        {
            return $"refused with {e.Message.Split('\r')[0]}";
        }
    }

    /// <summary>
    /// What OTLP costs: two servers in turns, one of them told of a collector. No request has a <c>traceparent</c>, so each leaves a span.
    /// </summary>
    public static async Task Otlp(TextWriter output, int rounds, int connections, TimeSpan time)
    {
        using var certificates = new Certificates();
        await using var sink = await OtlpSink.Start();
        var (plainPort, otlpPort) = (FreePort(), FreePort());
        using var plain = Serve(plainPort, certificates, []);
        using var otlp = Serve(otlpPort, certificates, sink.Environment);
        var (toPlain, toOtlp) = (new LoadClient(plainPort, certificates.Authority), new LoadClient(otlpPort, certificates.Authority));
        await toPlain.FirstAnswer(Cases.Of(Case.CleanCreate), TimeSpan.FromSeconds(20));
        await toOtlp.FirstAnswer(Cases.Of(Case.CleanCreate), TimeSpan.FromSeconds(20));
        var (name, path, kind, expected) = Reviews[0];
        var (without, with) = (new List<Turn>(), new List<Turn>());
        for (var round = -1; round < rounds; round++)
        {
            var first = await Take(plain, toPlain, path, Cases.Of(kind), expected, connections, time);
            var second = await Take(otlp, toOtlp, path, Cases.Of(kind), expected, connections, time);
            if (round < 0)
                continue; // the first round is for the JIT
            without.Add(first);
            with.Add(second);
        }
        var ratio = Medians.Of(without.Zip(with, (a, b) => b.Computed / a.Computed));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, {rounds} rounds of {time.TotalSeconds} s, {connections} connections, medians: server CPU µs a review "
                    + $"{Medians.Of(without.Select(t => t.Computed)):0.0} without OTLP, "
                    + $"{Medians.Of(with.Select(t => t.Computed)):0.0} with it, ratio "
                    + $"{ratio:0.00}; p50 µs {Medians.Of(without.Select(t => t.Round.Percentile(0.5))):0} and "
                    + $"{Medians.Of(with.Select(t => t.Round.Percentile(0.5))):0}; {sink.Bytes >> 10} KiB sent"
            )
        );
    }

    /// <summary>From the start of the process to its first answer, TLS handshake included.</summary>
    public static async Task Start(TextWriter output, int runs, string executable)
    {
        using var certificates = new Certificates();
        var body = Cases.Of(Case.CleanCreate);
        var times = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            var port = FreePort();
            var started = Stopwatch.GetTimestamp();
            using var serve = Serve(port, certificates, [], executable);
            await new LoadClient(port, certificates.Authority).FirstAnswer(body, TimeSpan.FromSeconds(20));
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"start to first answer, {runs} runs of {executable}: min {times.Min():0} ms, median {Medians.Of(times):0} ms, max {times.Max():0} ms"
            )
        );
    }

    private sealed record Turn(Round Round, double Computed);

    private static async Task<Turn> Take(Child server, LoadClient client, string path, byte[] body, string expected, int connections, TimeSpan time)
    {
        var before = server.Computed;
        var round = await client.Run(path, body, expected, connections, AtMost, time);
        return new Turn(round, (server.Computed - before).TotalMicroseconds / round.Microseconds.Length);
    }

    private static Child Serve(int port, Certificates certificates, (string Name, string Value)[] environment, string? executable = null) =>
        Serve(port, certificates.Path, environment, executable ?? Repository.Executable, null);

    /// <param name="certDir">Null: it makes a certificate in <c>certs/</c> of its folder.</param>
    /// <param name="folder">Where it runs; null for one that nobody cares about.</param>
    private static Child Serve(
        int port,
        string? certDir,
        (string Name, string Value)[] environment,
        string executable,
        string? policy,
        string? folder = null
    ) =>
        new(
            executable,
            [
                "serve",
                "--listen",
                $"127.0.0.1:{Text(port)}",
                "--drain",
                "0",
                .. certDir is null ? Array.Empty<string>() : ["--cert-dir", certDir],
                .. policy is null ? Array.Empty<string>() : ["--policy", policy],
            ],
            folder,
            environment
        );

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A folder as --cert-dir wants it, for as long as the run lasts.</summary>
    private sealed class Certificates : IDisposable
    {
        public Certificates()
        {
            var made = ServingCertificate.Make(DateTimeOffset.UtcNow, ["localhost"], [IPAddress.Loopback]);
            Path = Directory.CreateTempSubdirectory("admissionguard-certs-").FullName;
            File.WriteAllText(System.IO.Path.Join(Path, "tls.crt"), made.CertificatePem);
            File.WriteAllText(System.IO.Path.Join(Path, "tls.key"), made.KeyPem);
            Authority = X509Certificate2.CreateFromPem(made.AuthorityPem);
        }

        public string Path { get; }

        public X509Certificate2 Authority { get; }

        public void Dispose()
        {
            Authority.Dispose();
            Directory.Delete(Path, recursive: true);
        }
    }
}
