using System.Diagnostics;
using System.Globalization;
using AdmissionGuard.Benchmarks.Objects;

namespace AdmissionGuard.Benchmarks;

/// <summary>
/// <c>check</c> of 2,000 documents as a user meets it, start included, beside <c>rules</c>, which is little but the start. Settings take turns, so
/// that noise meets all alike.
/// </summary>
internal static class WholeProcess
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(3);

    private sealed record Way(string Name, string Executable, params (string Name, string Value)[] Environment);

    public static void Run(TextWriter output, int runs)
    {
        using var folder = new ManifestFolder();
        Way[] ways =
        [
            new("as built", Repository.Executable),
            new("as built, TieredPGO=1", Repository.Executable, ("DOTNET_TieredPGO", "1")),
            new("as built, TieredCompilation=0", Repository.Executable, ("DOTNET_TieredCompilation", "0")),
            new("as built, TC_QuickJitForLoops=0", Repository.Executable, ("DOTNET_TC_QuickJitForLoops", "0")),
            new("as built, GCgen0size 64 MB", Repository.Executable, ("DOTNET_GCgen0size", "0x4000000")),
            new("native", Repository.Native),
            new("native, GCgen0size 64 MB", Repository.Native, ("DOTNET_GCgen0size", "0x4000000")),
        ];
        ways = [.. ways.Where(w => File.Exists(w.Executable))];
        (string Name, string[] Arguments)[] verbs =
        [
            ("rules", ["rules"]),
            ("check", ["check", folder.Path]),
            ("check --output json", ["check", folder.Path, "--output", "json"]),
        ];
        var times = new Dictionary<(Way, string), List<double>>();
        for (var run = 0; run <= runs; run++)
        {
            foreach (var way in ways)
            {
                foreach (var (name, arguments) in verbs)
                {
                    var took = Time(way, arguments);
                    if (run > 0)
                        (times.TryGetValue((way, name), out var list) ? list : times[(way, name)] = []).Add(took); // the first fills the file cache
                }
            }
        }
        output.WriteLine($"{runs} runs each, milliseconds");
        output.WriteLine("| way | verb | min | median | max | peak MiB | ASP.NET and hosting assemblies mapped |");
        output.WriteLine("|---|---|---:|---:|---:|---:|---|");
        foreach (var way in ways)
        {
            foreach (var (name, arguments) in verbs)
            {
                var sorted = times[(way, name)].Order().ToList();
                var (peak, foreign) = Watch(way, arguments);
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {way.Name} | {name} | {sorted[0]:0} | {sorted[sorted.Count / 2]:0} | {sorted[^1]:0} | {peak:0} | {foreign} |"
                    )
                );
            }
        }
    }

    private static double Time(Way way, string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var child = new Child(way.Executable, arguments, way.Environment);
        child.Wait(AtMost);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return child.ExitCode <= 1
            ? took
            : throw new InvalidOperationException($"{way.Executable} {string.Join(' ', arguments)} ends with {child.ExitCode}: {child.FirstLine}");
    }

    /// <summary>A run of its own, since looking costs time.</summary>
    private static (double PeakMiB, string Foreign) Watch(Way way, string[] arguments)
    {
        using var child = new Child(way.Executable, arguments, way.Environment);
        var started = Stopwatch.GetTimestamp();
        var peak = 0.0;
        var mapped = new HashSet<string>(StringComparer.Ordinal);
        do
        {
            peak = Math.Max(peak, child.Resident("VmHWM"));
            mapped.UnionWith(child.Assemblies());
        } while (!child.EndsWithin(Look) && Stopwatch.GetElapsedTime(started) < AtMost);
        var foreign = mapped
            .Where(a => a.Contains("AspNetCore", StringComparison.Ordinal) || a.StartsWith("Microsoft.Extensions", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        return (peak, foreign.Count == 0 ? $"none of {mapped.Count}" : string.Join(", ", foreign));
    }
}
