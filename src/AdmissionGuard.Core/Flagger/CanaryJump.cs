using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// An edit in the middle of a release that sends users on at the next look: Flagger reads the analysis anew at each
/// (docs/facts/flagger.md#edits-under-way).
/// </summary>
internal static class CanaryJump
{
    /// <summary>Null where no release is under way, or where the next look does what it would have done.</summary>
    /// <param name="spec">The new one.</param>
    /// <param name="old">As it is stored, with its status.</param>
    public static Finding? Of(Node spec, KubeObject old)
    {
        var status = new CanaryStatus(old.Root["status"u8]);
        if (!status.IsJudged)
            return null;
        var analysis = new CanaryAnalysis(spec, new Reader());
        var before = new CanaryAnalysis(old.Spec, new Reader());
        if (analysis.IsSkipped || !analysis.Node.IsObject || analysis.Node.SameAs(before.Node))
            return null;
        if (analysis.IsBlueGreen || analysis.IsByMatch)
            return OfIterations(analysis, before, status);
        return status.Weight is > 0 and < 100 ? OfWeights(analysis, before, status.Weight.Value) : null;
    }

    private static Finding? OfWeights(CanaryAnalysis analysis, CanaryAnalysis before, long weight)
    {
        var walk = analysis.Walk;
        if (!walk.IsReadable)
            return null;
        var list = analysis.Node["stepWeights"u8];
        var isListed = list.Count == 0 || list.Items.Any(i => i.TryGetInt64(out var number) && number == weight);
        if (weight >= walk.Max && !(IsPromoting(before, weight)))
            return Promotes(list.Count > 0 ? list : Written(analysis, "maxWeight"), "maxWeight", weight, $"the weights now end at {walk.Max} %");
        return isListed || list.SameAs(before.Node["stepWeights"u8]) ? null : WeightFault.LeftOut(list, weight);
    }

    private static Finding? OfIterations(CanaryAnalysis analysis, CanaryAnalysis before, CanaryStatus status)
    {
        var times = analysis.Iterations;
        if (status.Iterations is not > 0 || analysis.IsUnrouted || !(before.IsBlueGreen || before.IsByMatch))
            return null;
        if (times > status.Iterations || before.Iterations <= status.Iterations)
            return null;
        return Promotes(
            Written(analysis, "iterations"),
            "iterations",
            status.Weight ?? 0,
            $"{status.Iterations} of {times} iterations are done",
            analysis.IsBlueGreen ? "sends all users to it" : "promotes it"
        );
    }

    private static bool IsPromoting(CanaryAnalysis before, long weight) =>
        !before.IsBlueGreen && !before.IsByMatch && before.Walk is { IsReadable: true } walk && weight >= walk.Max;

    private static Place Written(CanaryAnalysis analysis, string key) => Place.Of(analysis.Node, key);

    private static Finding Promotes(Place at, string key, long weight, string why, string what = "promotes it") =>
        new(at, $"now {key}", $"a release is under way and {weight} % of users are on the new version; {why}: the next look {what} after one check")
        {
            Found = "100 %",
            Limit = $"{weight} %",
            Remedy =
                $"# leave {key} as it is until the release has ended\n"
                + "# a hotfix: a GuardException of canary-weights, or the annotation admissionguard.io/break-glass",
        };
}
