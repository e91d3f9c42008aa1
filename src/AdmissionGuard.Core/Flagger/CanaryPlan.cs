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
    /// <summary>A stage with what holds it, one after the other.</summary>
    private readonly record struct Held(ExposureStage Stage, params Hold[] Holds);

    public static ExposurePlan Of(Node spec, Reader read)
    {
        var analysis = new CanaryAnalysis(spec, read);
        var isSkipped = analysis.IsSkipped;
        var isBlueGreen = analysis.IsBlueGreen && !isSkipped;
        var hasOwnRoute = !isSkipped && analysis.HasOwnRoute;
        var plan = new ExposurePlan
        {
            IsByFlagger = true,
            IsCanary = analysis.Node.IsObject && !isBlueGreen,
            IsBlueGreen = isBlueGreen && analysis.Node.IsObject,
            IsByMatch = hasOwnRoute && !isBlueGreen,
            IsAtOnce = !isSkipped && !isBlueGreen && analysis.IsByMatch,
            HasSteps = !isSkipped && !isBlueGreen && !analysis.IsByMatch && !hasOwnRoute && HasWeights(analysis),
            HasOneStep = !analysis.Node["stepWeights"u8].Exists,
            IsRouted = !isSkipped && !analysis.IsUnrouted,
            HasAnalysis = !isSkipped && analysis.CanFail,
            Notes = [.. CanaryNotes.Of(analysis)],
        };
        foreach (var held in Stages(analysis, plan))
        {
            foreach (var hold in held.Holds)
                plan.Add(hold);
            plan.Add(held.Stage with { Hold = held.Holds.Aggregate(default(Hold), (all, hold) => all.And(hold)) });
        }
        return plan.Finished();
    }

    private static bool HasWeights(CanaryAnalysis analysis) => analysis.Node["stepWeight"u8].Exists || analysis.Node["stepWeights"u8].Exists;

    private static IEnumerable<Held> Stages(CanaryAnalysis analysis, ExposurePlan plan)
    {
        if (!analysis.Node.IsObject)
            return [new Held(ExposurePlan.Beginning(default))];
        if (analysis.IsSkipped)
            return [new Held(ExposurePlan.Beginning(default)), new Held(Rolling)];
        if (plan.IsBlueGreen)
            return BlueGreen(analysis);
        return analysis.IsByMatch ? ByMatch(analysis) : ByWeight(analysis);
    }

    /// <summary>The primary gets the new version, and what users it still has change over as its pods roll.</summary>
    private static ExposureStage Rolling => ExposurePlan.End with { IsGradual = true };

    private static IEnumerable<Held> ByWeight(CanaryAnalysis analysis)
    {
        var before = ExposurePlan.Beginning(default);
        if (analysis.MirrorsForEver || !HasWeights(analysis) || CanaryNotes.CookieCannotBeMade(analysis))
        {
            yield return new Held(before, BeforeUsers(analysis));
            yield break;
        }
        var walk = analysis.Walk;
        var last = new Held(before, BeforeUsers(analysis).And(analysis.Mirrors && !(walk.EndsAt == 0) ? Check(analysis) : default));
        var hold = Check(analysis) with { Webhook = analysis.Calls("confirm-traffic-increase") };
        foreach (var (weight, at) in walk.Steps)
        {
            yield return last;
            last = new Held(Stage(analysis, weight, last.Stage, at), hold);
        }
        if (walk.EndsAt is not null)
        {
            // the weight stays for ever
            yield return last with
            {
                Holds = walk.Steps.Count == 0 ? last.Holds : [],
            };
            yield break;
        }
        yield return last with
        {
            Holds = [hold.And(Promotion(analysis))],
        };
        if (last.Stage.Share < 100 || !last.Stage.IsKnown)
            yield return new Held(Rolling);
    }

    /// <summary>What is said of users as a whole is said of those who match where these have a route of their own.</summary>
    private static ExposureStage Stage(CanaryAnalysis analysis, long? weight, ExposureStage before, Node at)
    {
        if (analysis.HasOwnRoute)
            return new ExposureStage(0, at, Implicit: false, default) { IsKnown = false, OfMatching = weight };
        return new ExposureStage(weight is { } known ? Math.Clamp(known, 0, 100) : before.Share, at, Implicit: false, default)
        {
            IsKnown = weight is not null,
        };
    }

    /// <summary>
    /// Without a router users are with the primary until it rolls, one more interval than the checks; else they are all sent to the copy first, for
    /// one more check.
    /// </summary>
    private static IEnumerable<Held> BlueGreen(CanaryAnalysis analysis)
    {
        var times = analysis.Iterations > 0 ? analysis.Iterations : UnroutedIterations;
        if (CanaryNotes.CookieCannotBeMade(analysis))
        {
            yield return new Held(ExposurePlan.Beginning(default), BeforeUsers(analysis));
            yield break;
        }
        if (analysis.IsUnrouted)
            times = Math.Min(times, long.MaxValue - 1) + 1;
        yield return new Held(ExposurePlan.Beginning(default), BeforeUsers(analysis).And(Check(analysis, times)).And(Promotion(analysis)));
        yield return analysis.IsUnrouted ? new Held(Rolling) : new Held(ExposurePlan.End, Check(analysis));
    }

    /// <summary>All of those who match at the first look, before any check: everybody, where nothing picks them out.</summary>
    private static IEnumerable<Held> ByMatch(CanaryAnalysis analysis)
    {
        yield return new Held(ExposurePlan.Beginning(default), BeforeUsers(analysis));
        if (CanaryNotes.CookieCannotBeMade(analysis))
            yield break;
        var at = analysis.Node["match"u8];
        if (analysis.HasOwnRoute)
        {
            var matching = new ExposureStage(0, at, Implicit: false, default) { IsKnown = false, OfMatching = 100 };
            yield return new Held(matching, Check(analysis, analysis.Iterations).And(Promotion(analysis)));
            yield return new Held(Rolling);
            yield break;
        }
        var everybody = new ExposureStage(100, at, Implicit: false, default);
        yield return analysis.Iterations > 1
            ? new Held(everybody, Check(analysis), Check(analysis, analysis.Iterations - 1).And(Promotion(analysis)))
            : new Held(everybody, Check(analysis).And(Promotion(analysis)));
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
                || analysis.HasGateBefore
                || (!analysis.IsBlueGreen && !analysis.IsByMatch && analysis.Calls("confirm-traffic-increase")),
        };

    private static Hold Promotion(CanaryAnalysis analysis) => new() { Webhook = analysis.Calls("confirm-promotion") };
}
