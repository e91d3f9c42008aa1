using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// What can stop a Rollout's new version, and the share of users at which it stands: analyses, experiments, plugins, the deadline that aborts
/// (docs/how-changes-are-judged.md#emergencies). A gate counts as kept where an equal one stands at that share or before.
/// </summary>
internal static class RolloutGuards
{
    private static readonly string[] Gates = ["analysis", "experiment", "plugin"];

    /// <summary>In seconds (docs/facts/argo-rollouts.md#progress-deadline).</summary>
    private const long DefaultDeadline = 600;

    private static readonly string[] Promotions = ["prePromotionAnalysis", "postPromotionAnalysis"];

    private readonly record struct Gate(string Kind, Node At, double Share);

    /// <summary>Whether something that could stop a version before is missing, later or another one now.</summary>
    /// <param name="old">The stored spec.</param>
    /// <param name="now">The spec as it would be.</param>
    public static bool AreWeaker(Node old, Node now)
    {
        var left = Of(now["strategy"u8]).ToList();
        foreach (var gate in Of(old["strategy"u8]))
        {
            var at = left.FindIndex(g => g.Kind == gate.Kind && g.Share <= gate.Share && g.At.SameAs(gate.At));
            if (at < 0)
                return true;
            left.RemoveAt(at);
        }
        return AbortsLater(old, now);
    }

    private static bool AbortsLater(Node old, Node now)
    {
        if (old["progressDeadlineAbort"u8].Kind != System.Text.Json.JsonValueKind.True)
            return false;
        return now["progressDeadlineAbort"u8].Kind != System.Text.Json.JsonValueKind.True || DeadlineOf(now) > DeadlineOf(old);
    }

    private static long DeadlineOf(Node spec) => new Reader().Integer(spec["progressDeadlineSeconds"u8]) ?? DefaultDeadline;

    private static IEnumerable<Gate> Of(Node strategy)
    {
        var canary = strategy["canary"u8];
        var share = 0.0;
        var index = 0L;
        var from = new Reader().Integer(canary["analysis"u8]["startingStep"u8]) ?? 0;
        var begins = 0.0;
        foreach (var item in canary["steps"u8].Items)
        {
            if (index++ == from)
                begins = share;
            share = new Reader().Number(item["setWeight"u8]) ?? share;
            foreach (var kind in Gates)
            {
                if (item[kind] is { Exists: true } gate)
                    yield return new Gate(kind, gate, share);
            }
        }
        foreach (var template in canary["analysis"u8]["templates"u8].Items)
            yield return new Gate("background", template, index <= from && from > 0 ? 100 : begins);
        // other arguments, or a metric that no longer counts, may be a looser yardstick
        foreach (var part in (string[])["args", "dryRun"])
        {
            if (canary["analysis"u8][part] is { Exists: true } given)
                yield return new Gate(part, given, 0);
        }
        foreach (var kind in Promotions)
        {
            if (strategy["blueGreen"u8][kind] is { Exists: true } gate)
                yield return new Gate(kind, gate, 0);
        }
    }
}
