using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// How many pods the new version has while <c>setCanaryScale</c> says so, instead of as many as its weight asks for
/// (argo-rollouts utils/replicaset/canary.go, UseSetCanaryScale and CalculateReplicaCountsForTrafficRoutedCanary).
/// </summary>
/// <param name="SetBy">The step's <c>setCanaryScale</c>; absent where pods follow the weight.</param>
/// <param name="Percent">Of <c>spec.replicas</c>; null where that, or the scale, is not known.</param>
/// <param name="Text">As its author wrote it: <c>replicas 3</c> or <c>weight 10</c>.</param>
internal readonly record struct CanaryScale(Node SetBy, double? Percent, string Text)
{
    /// <summary>The step's scale, the one before where it sets none.</summary>
    /// <param name="replicas">Null where an HPA, or nobody, says how many.</param>
    /// <param name="leastPods"><c>minPodsPerReplicaSet</c>, which lifts what a weight asks for; 0 where it is not set, null where it cannot be
    /// read.</param>
    public CanaryScale Then(Node step, long? replicas, long? leastPods, long mostWeight, Reader read)
    {
        if (!step["setCanaryScale"u8].Exists)
            return this;
        var scale = read.Map(step["setCanaryScale"u8]);
        var matches = scale["matchTrafficWeight"u8];
        // Pods that follow the weight are never too few; nor are those of whom nobody knows.
        if (!scale.IsObject || (matches.Exists && read.Boolean(matches) != false))
            return default;
        if (scale["replicas"u8].Exists)
        {
            var pods = read.Integer(scale["replicas"u8]);
            return new CanaryScale(scale, replicas > 0 && pods >= 0 ? 100.0 * pods / replicas : null, $"replicas {pods}");
        }
        if (!scale["weight"u8].Exists)
            return default;
        var weight = read.Integer(scale["weight"u8]);
        var exact = weight >= 0 && leastPods is not null ? 100.0 * weight / mostWeight : null;
        return new CanaryScale(scale, exact > 0 && replicas > 0 ? InPods(exact.Value, replicas.Value, leastPods!.Value) : exact, $"weight {weight}");
    }

    private static double InPods(double percent, long replicas, long leastPods) =>
        100.0 * Math.Max(Math.Ceiling(Math.Round(replicas * percent / 100, 6)), Math.Min(leastPods, replicas)) / replicas;
}
