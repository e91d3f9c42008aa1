using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// What can stop a Canary's new version, and what protects users from it meanwhile (docs/how-changes-are-judged.md#emergencies). Flagger reads the
/// Canary again at every look, so that an edit counts in the middle of a release: nothing that it does is a rollback
/// (docs/facts/flagger.md#edited-under-way).
/// </summary>
internal static class CanaryGuards
{
    private static readonly string[] Protections = ["trafficPolicy", "retries", "timeout"];

    /// <summary>Whether something that could stop a version before is missing or laxer now.</summary>
    /// <param name="old">The stored Canary.</param>
    /// <param name="now">The Canary as it would be.</param>
    /// <param name="plan">Of the new one.</param>
    public static bool AreWeaker(Node old, Node now, ExposurePlan plan)
    {
        var read = new Reader();
        var before = new CanaryAnalysis(old["spec"u8], read);
        var after = new CanaryAnalysis(now["spec"u8], read);
        return (after.IsSkipped && !before.IsSkipped)
            || (after.Threshold ?? long.MaxValue) > (before.Threshold ?? long.MaxValue)
            || before.Node["metrics"u8].Items.Any(m => !after.Node["metrics"u8].Items.Any(n => IsAsStrict(n, m)))
            || before.Node["webhooks"u8].Items.Any(w => !after.Node["webhooks"u8].Items.Any(n => n.SameAs(w)))
            || Protections.Any(p => old["spec"u8]["service"u8][p] is { Exists: true } had && !had.SameAs(now["spec"u8]["service"u8][p]))
            || LosesItsPlace(new CanaryStatus(old["status"u8]), plan);
    }

    /// <summary>The same metric with the same limits, or narrower ones.</summary>
    private static bool IsAsStrict(Node now, Node old)
    {
        foreach (var entry in old.Entries)
        {
            if (entry.Name != "thresholdRange" && !new Node(entry.Value).SameAs(now[entry.Name]))
                return false;
        }
        var (range, had) = (now["thresholdRange"u8], old["thresholdRange"u8]);
        return (!had["min"u8].Exists || Number(range["min"u8]) >= Number(had["min"u8]))
            && (!had["max"u8].Exists || Number(range["max"u8]) <= Number(had["max"u8]));
    }

    /// <summary>
    /// A weight that the new plan does not have: Flagger finds no step after it and goes to the last one (docs/facts/flagger.md#edited-under-way).
    /// </summary>
    private static bool LosesItsPlace(CanaryStatus status, ExposurePlan plan) =>
        status is { IsProgressing: true, Weight: > 0 and var weight } && plan.HasSteps && !plan.Stages.Any(s => s.Share == weight);

    private static double Number(Node node) =>
        node.Kind == System.Text.Json.JsonValueKind.Number && node.Element.TryGetDouble(out var value) ? value : double.NaN;
}
