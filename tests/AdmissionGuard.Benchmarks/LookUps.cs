using System.Diagnostics;
using System.Globalization;
using AdmissionGuard.Benchmarks.Objects;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Benchmarks;

/// <summary>
/// What a review costs beside clusters of several sizes, with every rule on and everything around it known: it must not grow with them. Every tenth
/// VirtualService sends to one shared host, whose DestinationRule is the one with the most users.
/// </summary>
internal static class LookUps
{
    private const int Rounds = 15;
    private const int Times = 300;
    private const int KindsOfAnApp = 5;

    private static readonly string[] SharedUser = ["", """, {"destination":{"host":"auth.shared.svc.cluster.local","subset":"stable"},"weight":0}"""];

    public static void Run(TextWriter output)
    {
        output.WriteLine("| objects | review | median µs | bytes | findings |");
        output.WriteLine("|---:|---|---:|---:|---:|");
        foreach (var count in (int[])[1_000, 10_000, 50_000])
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var cluster = Filled(count / KindsOfAnApp);
            var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
            var app = count / KindsOfAnApp / 2;
            foreach (
                var (name, key, root) in (IEnumerable<(string, ObjectKey, string)>)
                    [
                        ("VirtualService", Key(ObjectKind.VirtualService, app), VirtualService(app)),
                        ("DestinationRule", Key(ObjectKind.DestinationRule, app), DestinationRule($"app-{app}")),
                        ("Rollout", Key(ObjectKind.Rollout, app), Rollout(app)),
                        ("DestinationRule of the shared host", Shared, DestinationRule("auth")),
                    ]
            )
            {
                var (old, changed) = (
                    Node.Parse(root),
                    Node.Parse(
                        root.Replace("\"name\":\"stable\"", "\"name\":\"proven\"", StringComparison.Ordinal)
                            .Replace("\"10s\"", "\"9s\"", StringComparison.Ordinal)
                            .Replace("\"replicas\":8", "\"replicas\":9", StringComparison.Ordinal)
                    )
                );
                Measure(output, count, name + " created", cluster.Without(key), ReviewOf(key, Operation.Create, old, default));
                Measure(output, count, name + " updated", cluster, ReviewOf(key, Operation.Update, changed, old));
                Measure(output, count, name + " deleted", cluster, ReviewOf(key, Operation.Delete, default, old));
            }
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {count:#,0} | an object in the snapshot, index included | | {bytes} | |")
            );
        }
    }

    private static ObjectKey Shared => new(ObjectKind.DestinationRule, "shared", "auth");

    private static Cluster Filled(int apps)
    {
        var cluster = Cluster.Live.With([new GuardPolicy("all", Catalogue.Rules.Select(r => RuleSetting.Of(r, Profile.Strict)))]);
        for (var i = 0; i < apps; i++)
        {
            cluster = cluster
                .WithNamespace(Namespace(i), Node.Parse("""{"metadata":{"labels":{"istio-injection":"enabled"}}}"""))
                .With(Key(ObjectKind.VirtualService, i), Node.Parse(VirtualService(i)))
                .With(Key(ObjectKind.DestinationRule, i), Node.Parse(DestinationRule($"app-{i}")))
                .With(Key(ObjectKind.Rollout, i), Node.Parse(Rollout(i)));
            foreach (var side in (string[])["stable", "canary"])
            {
                var name = $"app-{i}-{side}";
                cluster = cluster.With(
                    new ObjectKey(ObjectKind.Service, Namespace(i), name),
                    Node.Parse(
                        $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"selector":{"app":"app-{{{i}}}"},"ports":[{"port":80,"name":"http"}]}}"""
                    )
                );
            }
        }
        return cluster.With(Shared, Node.Parse(DestinationRule("auth")));
    }

    private static string Namespace(int app) => $"ns-{app / 10}";

    private static ObjectKey Key(ObjectKind kind, int app) => new(kind, Namespace(app), $"app-{app}");

    private static string VirtualService(int app) =>
        $$$"""
            {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"app-{{{app}}}","namespace":"{{{Namespace(
                app
            )}}}"},"spec":{"hosts":["app-{{{app}}}"],"http":[{"name":"primary","timeout":"10s",
            "route":[{"destination":{"host":"app-{{{app}}}","subset":"stable"},"weight":100},
            {"destination":{"host":"app-{{{app}}}","subset":"canary"},"weight":0}{{{SharedUser[
                app % 10 == 0 ? 1 : 0
            ]}}}]}]}}
            """;

    private static string DestinationRule(string host) =>
        $$$"""
            {"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"{{{host}}}"},
            "spec":{"host":"{{{host}}}","trafficPolicy":{"connectionPool":{"tcp":{"maxConnections":100},
            "http":{"http1MaxPendingRequests":100,"http2MaxRequests":100,"maxRetries":10}},
            "outlierDetection":{"consecutive5xxErrors":5,"interval":"10s","baseEjectionTime":"30s",
            "maxEjectionPercent":50}},"subsets":[{"name":"stable","labels":{"app":"a"}},{"name":"canary",
            "labels":{"app":"a"}}]}}
            """;

    private static string Rollout(int app) =>
        OtherKinds
            .Rollout($"app-{app}")
            .Replace(
                "\"istio\":{",
                $"\"istio\":{{\"destinationRule\":{{\"name\":\"app-{app}\",\"stableSubsetName\":\"stable\",\"canarySubsetName\":\"canary\"}},",
                StringComparison.Ordinal
            );

    private static Review ReviewOf(ObjectKey key, Operation operation, Node root, Node old) =>
        new()
        {
            Kind = key.Kind,
            Operation = operation,
            Object = root,
            OldObject = old,
            Namespace = key.Namespace,
            Name = key.Name,
            Actor = Actor.GitOps,
            Now = DateTimeOffset.UnixEpoch,
            Stage = Stage.Validate,
        };

    private static void Measure(TextWriter output, int count, string name, Cluster cluster, Review review)
    {
        var (times, bytes, verdict) = (new List<double>(), 0L, Evaluator.Evaluate(review, cluster));
        for (var round = 0; round < Rounds; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < Times; i++)
                Evaluator.Evaluate(review, cluster);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / Times);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / Times;
        }
        times.Sort();
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"| {count:#,0} | {name} | {times[Rounds / 2]:0.0} | {bytes} | {verdict.Judgements.Count} |")
        );
    }
}
