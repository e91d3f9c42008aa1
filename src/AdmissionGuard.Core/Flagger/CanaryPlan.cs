using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// A Canary's exposure of users, as Flagger's controller walks it (docs/facts/flagger.md#course; flagger pkg/controller/scheduler.go):
/// a copy of the workload takes users while the primary keeps the old version. At every interval metrics and webhooks are checked; the weight
/// grows only when they are good. In the end the primary gets the new version and rolls as a Deployment does, and when it has rolled, users go
/// back to it: <c>stepWeightPromotion</c> moves them between two copies of the same version.
/// </summary>
public static class CanaryPlan
{
    public static ExposurePlan Of(Node spec, Reader read)
    {
        var analysis = new CanaryAnalysis(spec, read);
        var isSkipped = analysis.IsSkipped;
        var isBlueGreen = analysis.IsBlueGreen && !isSkipped;
        var plan = new ExposurePlan
        {
            IsByFlagger = true,
            IsCanary = analysis.Node.IsObject && !isBlueGreen,
            IsBlueGreen = isBlueGreen && analysis.Node.IsObject,
            IsByMatch = !isSkipped && !isBlueGreen && analysis.IsByMatch,
            HasSteps =
                !isSkipped && !isBlueGreen && !analysis.IsByMatch && (analysis.Node["stepWeight"u8].Exists || analysis.Node["stepWeights"u8].Exists),
            HasOneStep = !analysis.Node["stepWeights"u8].Exists,
            IsRouted = !isSkipped && !analysis.IsUnrouted,
            HasAnalysis = !isSkipped && analysis.CanFail,
        };
        foreach (var stage in Stages(analysis, plan))
        {
            plan.Add(stage.Hold);
            plan.Add(stage);
        }
        return plan.Finished();
    }

    private static IEnumerable<ExposureStage> Stages(CanaryAnalysis analysis, ExposurePlan plan)
    {
        if (!analysis.Node.IsObject)
            return [ExposurePlan.Beginning(default)];
        if (analysis.IsSkipped)
            return [ExposurePlan.Beginning(default), Rolling];
        if (plan.IsBlueGreen)
            return BlueGreen(analysis);
        return plan.IsByMatch ? ByMatch(analysis) : ByWeight(analysis);
    }

    /// <summary>The primary gets the new version, and what users it still has change over as its pods roll.</summary>
    private static ExposureStage Rolling => ExposurePlan.End with { IsGradual = true };

    private static IEnumerable<ExposureStage> ByWeight(CanaryAnalysis analysis)
    {
        var hold = Check(analysis) with { Webhook = analysis.Calls("confirm-traffic-increase") };
        var last = ExposurePlan.Beginning(BeforeUsers(analysis).And(analysis.Mirrors ? Check(analysis) : default));
        foreach (var (weight, at) in analysis.Weights())
        {
            var share = weight is { } known ? Math.Clamp(known, 0, 100) : last.Share;
            if (weight is not null && last.IsKnown && share <= last.Share)
            {
                // Flagger takes steps above 0 only: this weight stays for ever
                yield return last with
                {
                    Hold = default,
                };
                yield break;
            }
            yield return last;
            last = new ExposureStage(share, at, Implicit: false, hold) { IsKnown = weight is not null };
        }
        if (!last.SetBy.Exists)
        {
            yield return last;
            yield break;
        }
        last = last with { Hold = last.Hold.And(Promotion(analysis)) };
        yield return last;
        if (last.Share < 100 || !last.IsKnown)
            yield return Rolling;
    }

    /// <summary>Without a router users are with the primary until it rolls; else they are all sent to the copy first, for one more check.</summary>
    private static IEnumerable<ExposureStage> BlueGreen(CanaryAnalysis analysis)
    {
        var times = analysis.Iterations > 0 ? analysis.Iterations : UnroutedIterations;
        yield return ExposurePlan.Beginning(BeforeUsers(analysis).And(Check(analysis, times)).And(Promotion(analysis)));
        yield return analysis.IsUnrouted ? Rolling : ExposurePlan.End with { Hold = Check(analysis) };
    }

    private static IEnumerable<ExposureStage> ByMatch(CanaryAnalysis analysis)
    {
        yield return ExposurePlan.Beginning(BeforeUsers(analysis));
        yield return new ExposureStage(0, analysis.Node["match"u8], Implicit: false, Check(analysis, analysis.Iterations).And(Promotion(analysis)))
        {
            IsKnown = false,
        };
        yield return Rolling;
    }

    /// <summary>What Flagger takes where the provider is kubernetes and nothing is written.</summary>
    private const int UnroutedIterations = 10;

    private static Hold Check(CanaryAnalysis analysis, long times = 1)
    {
        var seconds = Math.Min(analysis.Interval.TotalSeconds * times, Hold.Longest.TotalSeconds);
        return new Hold
        {
            Timed = TimeSpan.FromSeconds(seconds),
            Pause = analysis.Node["interval"u8],
            Check = analysis.CanFail,
        };
    }

    private static Hold BeforeUsers(CanaryAnalysis analysis) =>
        new()
        {
            Webhook =
                analysis.Calls("confirm-rollout")
                || analysis.Calls("pre-rollout")
                || (!analysis.IsBlueGreen && !analysis.IsByMatch && analysis.Calls("confirm-traffic-increase")),
        };

    private static Hold Promotion(CanaryAnalysis analysis) => new() { Webhook = analysis.Calls("confirm-promotion") };
}
