using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Traffic;

/// <content>
/// Flagger's Canary (docs/facts/flagger.md#course): a copy of the workload takes users while the primary keeps the old version. Every interval
/// metrics and webhooks are checked, and the weight grows only when they are good. In the end the primary gets the new version and rolls as a
/// Deployment does. When it has rolled, users go back to it: <c>stepWeightPromotion</c> moves them between two copies of the same version.
/// </content>
public sealed partial class ExposurePlan
{
    /// <summary>The requests that match go to the new version first, whoever many those are.</summary>
    public bool IsByMatch { get; private init; }

    /// <summary>By Flagger: the last growth is a primary that rolls, pod by pod.</summary>
    public bool IsByFlagger { get; private init; }

    /// <summary>All steps are one line, <c>stepWeight</c>.</summary>
    public bool HasOneStep { get; private init; }

    public static ExposurePlan OfFlagger(Node spec, Reader read)
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
        if (!analysis.Node.IsObject)
            plan.Add(Beginning(default));
        else if (isSkipped)
            plan.AddAll([Beginning(default), Rolling]);
        else if (isBlueGreen)
            plan.AddAll(BlueGreen(analysis));
        else if (plan.IsByMatch)
            plan.AddAll(ByMatch(analysis));
        else
            plan.AddAll(ByWeight(analysis));
        plan.FindIncreases();
        return plan;
    }

    /// <summary>The primary gets the new version, and what users it still has change over as its pods roll.</summary>
    private static ExposureStage Rolling => End with { IsGradual = true };

    private static IEnumerable<ExposureStage> ByWeight(CanaryAnalysis analysis)
    {
        var hold = Check(analysis) with { Webhook = analysis.Calls("confirm-traffic-increase") };
        var last = Beginning(BeforeUsers(analysis).And(analysis.Mirrors ? Check(analysis) : default));
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
        yield return Beginning(BeforeUsers(analysis).And(Check(analysis, times)).And(Promotion(analysis)));
        yield return analysis.IsUnrouted ? Rolling : End with { Hold = Check(analysis) };
    }

    private static IEnumerable<ExposureStage> ByMatch(CanaryAnalysis analysis)
    {
        yield return Beginning(BeforeUsers(analysis));
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

    private void AddAll(IEnumerable<ExposureStage> all)
    {
        foreach (var stage in all)
            Add(stage);
    }

    private void Add(ExposureStage stage)
    {
        Add(stage.Hold);
        stages.Add(stage);
    }
}
