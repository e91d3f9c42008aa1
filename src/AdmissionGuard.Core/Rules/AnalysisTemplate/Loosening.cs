using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.AnalysisTemplate;

/// <summary>
/// The yardstick is not changed while it measures. An AnalysisRun keeps the spec that it was made with, so that only those to come are laxer. See
/// docs/facts/argo-rollouts.md#run-copies.
/// </summary>
internal static class Loosening
{
    public static readonly Rule Rule = new()
    {
        Id = "analysis-template-loosening",
        Summary = "Limits of a template should not be loosened while a Rollout that it judges is in progress.",
        Why =
            "Each AnalysisRun is made from the template as it stands at that moment: the next steps of a release that would have failed pass "
            + "with the looser limits, "
            + "and nothing at the Rollout shows it (argo-rollouts utils/analysis/helpers.go, NewAnalysisRunFromTemplates).",
        Remedy =
            "Wait for the end of the rollout, or abort it; for a limit that was wrong all along, change it and say so to whoever watches the "
            + "release.",
        Kinds = [ObjectKind.AnalysisTemplate, ObjectKind.ClusterAnalysisTemplate],
        Reads = [ObjectKind.Rollout, ObjectKind.AnalysisTemplate, ObjectKind.ClusterAnalysisTemplate],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Old is null)
            return;
        var before = new AnalysisSpec(x.Old.Spec, x.Old.Read);
        var after = new AnalysisSpec(x.Spec, x.Read);
        var loosened = Changes(x, before, after).ToList();
        if (loosened.Count == 0)
            return;
        var judged = TemplateUsers.Of(x.Key, x.World).FirstOrDefault(u => new RolloutStatus(u.Rollout["status"u8]).IsProgressing);
        if (!judged.Rollout.Exists)
            return;
        foreach (var (at, key, text) in loosened)
        {
            x.Report(
                new Finding(at, key, $"{text} while {judged.Key.TitleIn(x.Subject.Namespace)} is in progress: its next analyses are judged by less")
                {
                    Excess = 1,
                }
            );
        }
    }

    private static IEnumerable<(Place At, string Key, string Text)> Changes(Inspection x, AnalysisSpec before, AnalysisSpec after)
    {
        var now = new Dictionary<string, AnalysisMetric>(StringComparer.Ordinal);
        foreach (var metric in after.Metrics)
            now.TryAdd(metric.Name, metric);
        foreach (var old in before.Metrics)
        {
            if (!now.TryGetValue(old.Name, out var metric))
            {
                yield return (Place.Of(x.Spec, "metrics"), $"{old.Name} removed", $"{old.Title} is removed");
                continue;
            }
            if (metric.FailureLimit is { } to && old.FailureLimit is { } from && from >= 0 && (to > from || to < 0))
                yield return Raised("failureLimit", from, to);
            if (metric.InconclusiveLimit is { } allowed && old.InconclusiveLimit is { } had && allowed > had)
                yield return Raised("inconclusiveLimit", had, allowed);
            if (metric.ConsecutiveErrorLimit is { } errors && old.ConsecutiveErrorLimit is { } fewer && errors > fewer)
                yield return Raised("consecutiveErrorLimit", fewer, errors);
            if (metric.Measurements is { } taken && old.Measurements is { } more && taken < more)
            {
                yield return (
                    Place.Of(metric.At, "count"),
                    $"{old.Name} count",
                    $"count of {old.Title} goes from {(old.IsEndless ? "no end" : $"{more}")} to {taken}"
                );
            }
            if (old.SuccessCondition is not null && metric.SuccessCondition is null)
                yield return Gone("successCondition");
            // a successCondition left alone is stricter: what does not meet it has failed
            if (old.FailureCondition is not null && metric.FailureCondition is null && metric.SuccessCondition is null)
                yield return Gone("failureCondition");
            if (before.DryRun.Covers(old.Name) == false && after.DryRun.Covers(old.Name) == true)
                yield return (after.DryRun.At, $"{old.Name} dryRun", $"{old.Title} goes into dryRun");

            (Place, string, string) Raised(string field, long from, long to) =>
                (Place.Of(metric.At, field), $"{old.Name} {field}", $"{field} of {old.Title} goes from {from} to {to}");

            (Place, string, string) Gone(string field) => (Place.Of(metric.At, field), $"{old.Name} {field}", $"{field} of {old.Title} is removed");
        }
    }
}
