using System.Diagnostics;
using AdmissionGuard.Benchmarks.Objects;

namespace AdmissionGuard.Benchmarks;

/// <summary><c>check</c> as a process: of one file, of 10,000 documents, of 46,000 Rollouts in one file.</summary>
internal static class CheckFigures
{
    private const int Runs = 7;
    private const int Documents = 10_000;
    private const int Rollouts = 46_000;
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(3);

    /// <summary>The floor is <c>version</c>, which starts, prints a line and ends.</summary>
    public static IEnumerable<Figure> Of(string program)
    {
        using var many = new ManifestFolder(Documents);
        var start = Median(program, ["--version"]);
        yield return new Figure("check", "one file", "ms", Median(program, ["check", many.Files[0]]), start);
        var (whole, _) = Once(program, ["check", many.Path]);
        yield return new Figure("check", "10,000 documents", "ms", whole, start);
        using var one = ManifestFolder.OfRollouts(Rollouts);
        var (took, peak) = Once(program, ["check", one.Path]);
        yield return new Figure("check", "46,000 Rollouts in one file", "ms", took, start);
        yield return new Figure("check", "46,000 Rollouts in one file, resident at most", "MiB", peak, one.Bytes / 1048576.0);
    }

    private static double Median(string program, string[] arguments) =>
        Medians.Of(Enumerable.Range(0, Runs).Select(_ => Once(program, arguments).Milliseconds));

    private static (double Milliseconds, double PeakMiB) Once(string program, string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var child = new Child(program, arguments);
        double peak = 0;
        while (!child.EndsWithin(TimeSpan.FromMilliseconds(1)))
        {
            peak = Math.Max(peak, child.Resident("VmHWM"));
            if (Stopwatch.GetElapsedTime(started) > AtMost)
                throw new TimeoutException($"{program} {string.Join(' ', arguments)} takes more than {AtMost}");
        }
        return (Stopwatch.GetElapsedTime(started).TotalMilliseconds, peak);
    }
}
