using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// What can stop a Canary's new version, and what protects users from it meanwhile (docs/how-changes-are-judged.md#emergencies). Flagger reads the
/// Canary again at every look, so that an edit counts in the middle of a release: nothing that it does is a rollback
/// (docs/facts/flagger.md#edits-under-way).
/// </summary>
internal static class CanaryGuards
{
    private static readonly string[] Protections = ["trafficPolicy", "retries", "timeout"];

    /// <summary>Percent of pods that must be ready before anything is judged or promoted.</summary>
    private static readonly string[] Readiness = ["primaryReadyThreshold", "canaryReadyThreshold"];

    private const long AllReady = 100;

    /// <summary>In seconds: a new version whose pods are not ready by then is taken back (docs/facts/flagger.md#edits-under-way).</summary>
    private const long DefaultDeadline = 600;

    /// <summary>Whether something that could stop a version before is missing or laxer now, or the next look sends users on.</summary>
    /// <param name="old">The stored Canary, with its status.</param>
    /// <param name="now">Its spec as it would be.</param>
    public static bool AreWeaker(KubeObject old, Node now)
    {
        var read = new Reader();
        var before = new CanaryAnalysis(old.Spec, read);
        var after = new CanaryAnalysis(now, read);
        return (after.IsSkipped && !before.IsSkipped)
            || (after.Threshold ?? long.MaxValue) > (before.Threshold ?? long.MaxValue)
            || before.Node["metrics"u8].Items.Any(m => !after.Node["metrics"u8].Items.Any(n => IsAsStrict(n, m)))
            || before.Node["webhooks"u8].Items.Any(w => !after.Node["webhooks"u8].Items.Any(n => n.SameAs(w)))
            || Protections.Any(p => old.Spec["service"u8][p] is { Exists: true } had && !had.SameAs(now["service"u8][p]))
            || Readiness.Any(r => (read.Integer(after.Node[r]) ?? AllReady) < (read.Integer(before.Node[r]) ?? AllReady))
            || DeadlineOf(now, read) > DeadlineOf(old.Spec, read)
            || CanaryJump.Of(now, old) is not null;
    }

    /// <summary>The same metric with the same limits, or narrower ones.</summary>
    private static bool IsAsStrict(Node now, Node old) =>
        HasAllOf(now, old)
        && HasAllOf(old, now)
        && IsWithin(now["thresholdRange"u8]["min"u8], old["thresholdRange"u8]["min"u8], (limit, had) => limit >= had)
        && IsWithin(now["thresholdRange"u8]["max"u8], old["thresholdRange"u8]["max"u8], (limit, had) => limit <= had);

    /// <summary>The range aside.</summary>
    private static bool HasAllOf(Node one, Node other)
    {
        foreach (var entry in other.Entries)
        {
            if (entry.Name != "thresholdRange" && !entry.Value.SameAs(one[entry.Name]))
                return false;
        }
        return true;
    }

    private static bool IsWithin(Node now, Node old, Func<double, double, bool> isNarrower) => !old.Exists || isNarrower(Number(now), Number(old));

    private static long DeadlineOf(Node spec, Reader read) => read.Integer(spec["progressDeadlineSeconds"u8]) ?? DefaultDeadline;

    private static double Number(Node node) => node.TryGetDouble(out var value) ? value : double.NaN;
}
