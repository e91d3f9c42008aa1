using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>The Rollouts that an analysis template judges, directly or because another template takes it in.</summary>
internal static class TemplateUsers
{
    /// <summary>As many templates on the way as anybody has.</summary>
    private const int Most = 100;

    /// <param name="template">An AnalysisTemplate or ClusterAnalysisTemplate.</param>
    /// <returns>
    /// Each Rollout with the template that it names: <paramref name="template"/> or one that takes it in. Lazy: a template of the cluster may have
    /// thousands of users.
    /// </returns>
    public static IEnumerable<(ObjectKey Key, Node Rollout, ObjectKey Named)> Of(ObjectKey template, View world)
    {
        var next = new Queue<ObjectKey>([template]);
        var seen = new HashSet<ObjectKey>(next);
        while (next.TryDequeue(out var named))
        {
            foreach (var (key, root) in world.ReferrersOf(named, ObjectKind.Rollout))
                yield return (key, root, named);
            if (seen.Count > Most)
                continue;
            foreach (
                var (outer, _) in world
                    .ReferrersOf(named, ObjectKind.AnalysisTemplate)
                    .Concat(world.ReferrersOf(named, ObjectKind.ClusterAnalysisTemplate))
                    .Take(Most)
            )
            {
                if (seen.Add(outer))
                    next.Enqueue(outer);
            }
        }
    }

    /// <summary>A condition that judged is gone, and a Rollout names the template: its next release is judged by nothing.</summary>
    public static bool LoseTheConditionOf(AnalysisMetric metric, Inspection x)
    {
        if (x.Old is not { } old)
            return false;
        foreach (var before in new AnalysisSpec(old.Spec, old.Read).Metrics)
        {
            if (before.Name == metric.Name && (before.SuccessCondition?.Trim() is not (null or "true") || before.FailureCondition is not null))
                return Of(x.Key, x.World).Any();
        }
        return false;
    }
}
