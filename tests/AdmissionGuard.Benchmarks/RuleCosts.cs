using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AdmissionGuard.Admission;
using AdmissionGuard.Benchmarks.Objects;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Benchmarks;

/// <summary>
/// Where an evaluation's time and bytes go: the pipeline with no rule, each rule alone, all of them. A rule alone also pays for the models that the
/// rules share.
/// </summary>
internal static class RuleCosts
{
    private const int Rounds = 40;

    /// <summary>Enough for a profiler to see compiled code only.</summary>
    private const int RoundsForProfiler = 300;
    private const int Times = 200;

    /// <param name="each">Whether each rule is measured alone too; false for a profiler, which then sees what a server does.</param>
    public static void Run(TextWriter output, Case @case, bool each)
    {
        var wire = Cases.Of(@case);
        var document = Node.Parse(wire);
        var rules = Catalogue.Rules;
        foreach (var endpoint in (ReadOnlySpan<Webhook>)[Webhook.Validate, Webhook.Mutate])
        {
            var review = AdmissionReview.Read(document, endpoint, DateTimeOffset.UnixEpoch, out _)!.Review;
            var mine = rules.Where(r => each && r.Kinds.Contains(review.Kind!)).ToList();
            var ways = new List<(string Name, Cluster Cluster, List<double> Times, long Bytes)>
            {
                ("no rule", With([]), [], 0),
                ("all rules", With(rules), [], 0),
            };
            ways.AddRange(mine.Select(r => (r.Id, With([r]), new List<double>(), 0L)));
            var floor = new List<double>();
            for (var round = 0; round < (each ? Rounds : RoundsForProfiler); round++)
            {
                floor.Add(Measure(() => JsonDocument.Parse(wire).Dispose()).Microseconds);
                for (var i = 0; i < ways.Count; i++)
                {
                    var (took, bytes) = Measure(() => Evaluator.Evaluate(review, ways[i].Cluster));
                    ways[i].Times.Add(took);
                    ways[i] = ways[i] with { Bytes = bytes };
                }
            }
            output.WriteLine($"{@case}, {endpoint}");
            output.WriteLine("| rules | median µs | bytes |");
            output.WriteLine("|---|---:|---:|");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| floor: JsonDocument of the request | {Medians.Of(floor):0.0} | |"));
            foreach (var way in ways)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {way.Name} | {Medians.Of(way.Times):0.0} | {way.Bytes} |"));
            }
        }
    }

    /// <summary>Each case judged by all of <c>strict</c>, its floor the parsing of the request by JsonDocument.</summary>
    public static IEnumerable<Figure> All()
    {
        foreach (var @case in Enum.GetValues<Case>())
        {
            var wire = Cases.Of(@case);
            var review = AdmissionReview.Read(Node.Parse(wire), Webhook.Validate, DateTimeOffset.UnixEpoch, out _)!.Review;
            var cluster = With(Catalogue.Rules);
            var (floors, times) = (new List<double>(), new List<double>());
            long bytes = 0;
            for (var round = 0; round < Rounds; round++)
            {
                floors.Add(Measure(() => JsonDocument.Parse(wire).Dispose()).Microseconds);
                (var took, bytes) = Measure(() => Evaluator.Evaluate(review, cluster));
                times.Add(took);
            }
            yield return new Figure("review", $"{@case}, all rules of strict", "µs", Medians.Of(times), Medians.Of(floors));
            yield return new Figure("review", $"{@case}, all rules of strict", "bytes allocated", bytes);
        }
    }

    private static Cluster With(IEnumerable<Rule> rules) =>
        Cluster.Empty.With([new GuardPolicy("alone", rules.Select(r => RuleSetting.Of(r, Profile.Strict)))]);

    private static (double Microseconds, long Bytes) Measure(Action action)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Times; i++)
            action();
        var took = Stopwatch.GetElapsedTime(started).TotalMicroseconds / Times;
        return (took, (GC.GetAllocatedBytesForCurrentThread() - allocated) / Times);
    }
}
