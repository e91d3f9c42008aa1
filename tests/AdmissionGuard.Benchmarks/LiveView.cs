using System.Diagnostics;
using System.Globalization;
using AdmissionGuard.Benchmarks.Objects;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Benchmarks;

/// <summary>What one event of a watch costs to draw in, beside clusters of three sizes: it must not grow with them.</summary>
internal static class LiveView
{
    private const int Rounds = 15;
    private const int Times = 2000;

    private static readonly WatchedKind Rollouts = WatchedKind.Of(ObjectKind.Rollout);

    public static void Run(TextWriter output)
    {
        var root = Node.Parse(OtherKinds.Rollout());
        var kept = ObjectTrimmer.Of(root, ObjectKind.Rollout);
        output.WriteLine($"a Rollout: {root.Raw.Length} bytes on the wire, {kept.Raw.Length} kept");
        output.WriteLine("| objects | event | median µs | bytes |");
        output.WriteLine("|---:|---|---:|---:|");
        foreach (var count in (int[])[1_000, 10_000, 100_000])
        {
            var builder = new ClusterBuilder(
                new PolicyStatus(new PolicySet([GuardPolicy.Of(Profile.Baseline)], [], settings: null, []), default, []),
                TimeProvider.System
            );
            for (var i = 0; i < count; i++)
                Take(builder, ChangeType.Changed, i, kept);
            var next = 0;
            Measure(output, count, "Rollout modified", () => Take(builder, ChangeType.Changed, Spread(next++, count), kept));
            Measure(output, count, "Rollout deleted and added", () =>
            {
                var at = Spread(next++, count);
                Take(builder, ChangeType.Deleted, at, default);
                Take(builder, ChangeType.Changed, at, kept);
            });
            Measure(output, count, "a copy slimmed", () => ObjectTrimmer.Of(root, ObjectKind.Rollout));
            var review = new Review
            {
                Kind = ObjectKind.VirtualService,
                Operation = Operation.Create,
                Object = Node.Parse(
                    """
                    {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"orders",
                    "namespace":"ns-7"},"spec":{"http":[{"name":"primary","timeout":"1s",
                    "route":[{"destination":{"host":"orders"}}]}]}}
                    """
                ),
                Namespace = "ns-7",
                Name = "orders",
                Actor = Actor.GitOps,
                Now = DateTimeOffset.UnixEpoch,
                Stage = Stage.Validate,
            };
            Measure(output, count, "a review that looks it up", () => Evaluator.Evaluate(review, builder.Cluster));
        }
    }

    private static void Take(ClusterBuilder builder, ChangeType type, int at, Node root) =>
        _ = builder.Take(Rollouts, new Change(type, new ItemName($"ns-{at}", "orders"), root));

    /// <summary>Every object in its turn, neighbours far from each other.</summary>
    private static int Spread(int i, int count) => (int)((long)i * 7919 % count);

    private static void Measure(TextWriter output, int count, string name, Action action)
    {
        var times = new List<double>();
        var bytes = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < Times; i++)
                action();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / Times);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / Times;
        }
        times.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {count:#,0} | {name} | {times[Rounds / 2]:0.0} | {bytes} |"));
    }
}
