using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Benchmarks.Objects;

namespace AdmissionGuard.Benchmarks.Load;

internal static partial class LoadMode
{
    private const int FigureRounds = 5;
    private const int ManyConnections = 64;
    private const int ManyRequests = 100_000;

    private const string Strict = """
        apiVersion: admissionguard.io/v1alpha1
        kind: GuardPolicy
        metadata: {name: strict}
        spec: {mode: enforce, profile: strict}
        """;

    /// <summary>
    /// Parses the AdmissionReview, finds no rule to run, and allows it with its uid: the least that a webhook of this program can do.
    /// </summary>
    private const string Nothing = """
        apiVersion: admissionguard.io/v1alpha1
        kind: GuardPolicy
        metadata: {name: nothing}
        spec: {mode: enforce, profile: strict, match: {namespaces: [nobody-has-this]}}
        """;

    /// <summary>The server, its floor the same program with a policy for a namespace that no request is about, in turns.</summary>
    public static async IAsyncEnumerable<Figure> Figures(string program, TimeSpan time)
    {
        using var certificates = new Certificates();
        var policies = Directory.CreateTempSubdirectory("admissionguard-policies-").FullName;
        var (strict, nothing) = (Path.Join(policies, "strict.yaml"), Path.Join(policies, "nothing.yaml"));
        await File.WriteAllTextAsync(strict, Strict);
        await File.WriteAllTextAsync(nothing, Nothing);
        try
        {
            foreach (var given in (bool[])[true, false])
                yield return new Figure(
                    "server",
                    $"start to first answer, {(given ? "certificate given" : "certificate made")}",
                    "ms",
                    await Ready(given)
                );
            var (floorPort, servePort) = (FreePort(), FreePort());
            using var floor = Serve(floorPort, certificates.Path, [], program, nothing);
            using var serve = Serve(servePort, certificates.Path, [], program, strict);
            var (toFloor, toServe) = (new LoadClient(floorPort, certificates.Authority), new LoadClient(servePort, certificates.Authority));
            await toFloor.FirstAnswer(Cases.Of(Case.CleanCreate), TimeSpan.FromSeconds(20));
            await toServe.FirstAnswer(Cases.Of(Case.CleanCreate), TimeSpan.FromSeconds(20));
            yield return new Figure("server", "resident after the first answer", "MiB", serve.Resident(), floor.Resident());
            foreach (var (name, path, @case, expected) in Reviews)
            {
                var body = Cases.Of(@case);
                foreach (var connections in (int[])[8, ManyConnections])
                {
                    var (floors, served) = (new List<Turn>(), new List<Turn>());
                    for (var round = -1; round < FigureRounds; round++)
                    {
                        var below = await Take(floor, toFloor, path, body, "\"allowed\":true", connections, time);
                        var above = await Take(serve, toServe, path, body, expected, connections, time);
                        if (round < 0)
                            continue; // the first round is for the JIT
                        floors.Add(below);
                        served.Add(above);
                    }
                    yield return Of(name, connections, "requests/s", t => t.Round.PerSecond, served, floors);
                    yield return Of(name, connections, "p99 µs", t => t.Round.Percentile(0.99), served, floors);
                    yield return Of(name, connections, "CPU µs", t => t.Computed, served, floors);
                }
            }
            await toServe.Run("/validate", Cases.Of(Case.CleanCreate), "\"allowed\":true", 8, ManyRequests, TimeSpan.FromMinutes(2));
            yield return new Figure("server", "resident after 100,000 more requests", "MiB", serve.Resident(), floor.Resident());
        }
        finally
        {
            Directory.Delete(policies, recursive: true);
        }

        async Task<double> Ready(bool given)
        {
            var times = new List<double>();
            for (var run = 0; run < FigureRounds; run++)
            {
                var folder = Directory.CreateDirectory(Path.Join(policies, given ? $"given-{run}" : $"made-{run}")).FullName;
                var port = FreePort();
                var started = Stopwatch.GetTimestamp();
                using var child = Serve(port, given ? certificates.Path : null, [], program, strict, folder);
                using var made = given ? null : await Made(folder);
                await new LoadClient(port, made ?? certificates.Authority).FirstAnswer(Cases.Of(Case.CleanCreate), TimeSpan.FromSeconds(20));
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            return Medians.Of(times);
        }

        static async Task<X509Certificate2> Made(string folder)
        {
            var file = Path.Join(folder, "certs", "ca.crt");
            for (var waited = 0; !File.Exists(file) && waited < 10_000; waited++)
                await Task.Delay(1);
            return X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(file));
        }
    }

    private static Figure Of(string review, int connections, string unit, Func<Turn, double> of, List<Turn> served, List<Turn> floors) =>
        new("server", $"{review}, {connections} connections", unit, Medians.Of(served.Select(of)), Medians.Of(floors.Select(of)));
}
