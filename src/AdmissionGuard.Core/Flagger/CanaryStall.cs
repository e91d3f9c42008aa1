using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// Why a release never ends although all its checks are good: two versions serve users until somebody notices (docs/facts/flagger.md#never-ends).
/// </summary>
internal static class CanaryStall
{
    /// <summary>The first that is met; null where the release ends, or where a number cannot be read.</summary>
    public static Finding? Of(CanaryAnalysis analysis)
    {
        if (!analysis.Node.IsObject || analysis.IsSkipped)
            return null;
        if (CanaryNotes.CookieCannotBeMade(analysis))
            return Cookie(analysis.Node["interval"u8]);
        if (analysis.IsBlueGreen || analysis.IsByMatch)
            return Promotion(analysis);
        if (!analysis.Node["stepWeight"u8].Exists && !analysis.Node["stepWeights"u8].Exists)
            return analysis.Node["iterations"u8] is { Exists: true } iterations ? WeightFault.NoIterations(iterations) : null;
        if (analysis.Walk is { EndsAt: { } weight } walk)
            return OfWeights(analysis, walk, weight);
        return analysis.MirrorsForEver ? Mirror(analysis) : Promotion(analysis);
    }

    private static Finding OfWeights(CanaryAnalysis analysis, WeightWalk walk, long weight)
    {
        var list = analysis.Node["stepWeights"u8];
        if (walk.Blocking is not { } blocking)
            return WeightFault.NeverReached(analysis.Node["maxWeight"u8], walk.Max);
        if (list.Exists && list.IsArray && list.Count == 0)
            return WeightFault.Empty(list);
        if (list.Count == 0)
            return WeightFault.NotAboveZero(analysis.Node["stepWeight"u8], blocking.Weight ?? 0);
        var next = weight + (blocking.Weight ?? 0);
        return new Finding(blocking.At, $"{weight} {next}", WeightFault.NotGrowing(next, weight))
        {
            Found = $"{next}",
            Limit = $"{weight + 1} to 100",
            Whole = "weights",
            Remedy = $"- {Math.Min(100, weight + 10)}",
        };
    }

    private static Finding Mirror(CanaryAnalysis analysis) =>
        new(
            analysis.Node["mirror"u8],
            "mirror",
            $"mirror is true with weights, and {Hiding(analysis)} that it mirrors: Flagger begins to mirror at each interval, no user ever gets the "
                + "new version, and the release never ends"
        )
        {
            Found = "true",
            Limit = "false",
            Remedy = "mirror: false",
        };

    private static string Hiding(CanaryAnalysis analysis) =>
        analysis.Router.SeesMirror(hasAffinity: false) ? "sessionAffinity hides" : $"{analysis.Router.Title} does not tell";

    private static Finding? Promotion(CanaryAnalysis analysis)
    {
        if (!(analysis.PromotionStep < 0) || analysis.IsUnrouted)
            return null;
        return new Finding(
            analysis.Node["stepWeightPromotion"u8],
            "stepWeightPromotion",
            $"stepWeightPromotion is {analysis.PromotionStep}, at least 0 is needed: users move away from the primary at each interval, and the "
                + "promotion never ends"
        )
        {
            Found = $"{analysis.PromotionStep}",
            Limit = "0",
            Excess = -(double)analysis.PromotionStep.Value,
            Remedy = "stepWeightPromotion: 50",
        };
    }

    private static Finding Cookie(Node interval) =>
        new(
            interval,
            "cookie",
            $"interval {Shown.Quote(Shown.Clip(interval.Text ?? "", 40))} is no duration that Go can read, and the cookie of primaryCookieName "
                + "lives for an interval: no route is ever written, and the release never ends"
        )
        {
            Remedy = "interval: 1m",
        };
}
