using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using AdmissionGuard.Admission;
using AdmissionGuard.Benchmarks.Objects;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Benchmarks;

/// <summary>
/// The largest objects that etcd stores, made to hurt. Each is judged at an eighth, a quarter, a half and the whole of 1.5 MB: twice the bytes should
/// cost twice the time.
/// A case that took more than the patience is not tried at the next size.
/// </summary>
internal static class WorstCase
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly Cluster Cluster = Cluster.Empty.With([GuardPolicy.Of(Profile.Strict)]);

    public static void Run(TextWriter output, string filter)
    {
        WarmUp();
        output.WriteLine("| adversary | stage | KB | findings | 1/8 ms | 1/4 ms | 1/2 ms | whole ms | growth a doubling | allocated MB |");
        output.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var adversary in Adversary.All)
        {
            if (!adversary.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var stage in (ReadOnlySpan<Stage>)[Stage.Mutate, Stage.Validate])
                output.WriteLine(Line(adversary, stage));
        }
    }

    private static string Line(Adversary adversary, Stage stage)
    {
        var most = adversary.Most();
        var times = new List<double>();
        Sample last = null!;
        foreach (var part in (ReadOnlySpan<int>)[8, 4, 2, 1])
        {
            last = Measure(adversary, most / part, stage);
            times.Add(last.Milliseconds);
            if (last.Milliseconds > Patience.TotalMilliseconds)
                break;
        }
        var shown = times.Select(t => t.ToString("0.0", CultureInfo.InvariantCulture)).Concat(Enumerable.Repeat("-", 4 - times.Count));
        var growth = times.Count < 2 ? 0 : Math.Pow(times[^1] / times[0], 1.0 / (times.Count - 1));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {adversary.Name} | {stage} | {last.Bytes >> 10} | {last.Findings} | {string.Join(" | ", shown)} | "
                + $"{growth:0.0}{(growth > 2.7 && times[^1] > 50 ? " **worse than linear**" : "")} | {last.Allocated / 1e6:0.0} |"
        );
    }

    private sealed record Sample(double Milliseconds, int Bytes, int Findings, long Allocated);

    /// <summary>The better of a few: what others do on the machine only ever adds.</summary>
    private static Sample Measure(Adversary adversary, int size, Stage stage)
    {
        var root = Node.Parse(adversary.Object(size));
        var old = adversary.Old is { } make ? Node.Parse(make(size)) : default;
        var best = new Sample(double.MaxValue, root.Raw.Length, 0, 0);
        for (var run = 0; run < 3 && (run == 0 || best.Milliseconds < 300); run++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            var verdict = Evaluator.Evaluate(ReviewOf(root, old, stage), Cluster);
            AdmissionReview.Write(new ArrayBufferWriter<byte>(), "uid", verdict, stage == Stage.Mutate ? Webhook.Mutate : Webhook.Validate);
            var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            var findings = verdict.Judgements.Count + verdict.TypeFaults.Count;
            if (verdict.Failures.Count > 0)
                throw new InvalidOperationException($"{adversary.Name}: {verdict.Failures[0].Exception}");
            if (took < best.Milliseconds)
                best = best with { Milliseconds = took, Findings = findings, Allocated = allocated };
        }
        return best;
    }

    private static Review ReviewOf(Node root, Node old, Stage stage) =>
        new()
        {
            Kind = ObjectKind.VirtualService,
            Operation = old.Exists ? Operation.Update : Operation.Create,
            Object = root,
            OldObject = old,
            Namespace = "shop",
            Name = "a",
            Actor = Actor.GitOps,
            Now = DateTimeOffset.UnixEpoch,
            Stage = stage,
        };

    private static void WarmUp()
    {
        foreach (var adversary in Adversary.All)
        {
            for (var i = 0; i < 30; i++)
                Measure(adversary, 10, i % 2 == 0 ? Stage.Mutate : Stage.Validate);
        }
    }
}
