using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>A Rollout's exposure of users, stage by stage, as Argo's controller walks its steps.</summary>
public static class RolloutPlan
{
    /// <param name="fewest">The fewest replicas of the HorizontalPodAutoscaler that scales it; null where none is known.</param>
    public static ExposurePlan Of(Node spec, Reader read, long? fewest = null)
    {
        var strategy = read.Map(spec["strategy"u8]);
        var canary = read.Map(strategy["canary"u8]);
        var blueGreen = read.Map(strategy["blueGreen"u8]);
        ExposurePlan plan;
        if (canary.Exists)
            plan = OfCanary(canary, spec, fewest, read);
        else if (blueGreen.Exists)
            plan = OfBlueGreen(blueGreen, read);
        else
            plan = new ExposurePlan();
        return plan.Finished();
    }

    private static ExposurePlan OfCanary(Node canary, Node spec, long? fewest, Reader read)
    {
        var steps = canary["steps"u8];
        var background = read.Map(canary["analysis"u8]);
        var watchesFrom = read.Integer(background["startingStep"u8]) ?? 0;
        // a step that never comes is no beginning
        var watches = RolloutAnalysis.NamesTemplates(background, read) && (watchesFrom < steps.Count || !steps.IsArray || watchesFrom == 0);
        var isRouted = TrafficRouter.IsNamed(canary["trafficRouting"u8]);
        var plan = new ExposurePlan
        {
            IsCanary = true,
            HasSteps = steps.IsArray ? steps.Count > 0 : steps.Exists,
            HasAnalysis = watches,
            IsRouted = isRouted,
            IsAtMost = !isRouted && (fewest is not null || !spec["replicas"u8].Exists),
            MostWeight = read.Integer(canary["trafficRouting"u8]["maxTrafficWeight"u8]) is > 0 and var most ? most : 100,
        };

        var users = new CanaryUsers(canary, fewest ?? PodCount.OfRollout(spec, read), plan.MostWeight, read);
        var stage = ExposurePlan.Beginning(default) with { IsKnown = steps.IsArray || !steps.Exists };
        var index = 0;
        foreach (var item in read.Items(steps))
        {
            var step = read.Map(item);
            users.Take(step);
            if (Next(stage, step, users) is { } next)
            {
                plan.Add(stage);
                stage = next;
            }
            var hold = step.IsObject ? StepHold.Of(step, watches && index >= watchesFrom, read) : new Hold { Unreadable = true };
            plan.Add(hold);
            stage = stage with { Hold = stage.Hold.And(hold) };
            plan.HasAnalysis |=
                RolloutAnalysis.NamesTemplates(step["analysis"u8], read) || RolloutAnalysis.IsNamedIn(step["experiment"u8]["analyses"u8], read);
            index++;
        }
        plan.Add(stage);
        if (stage.Share < 100 || !stage.IsKnown)
            plan.Add(ExposurePlan.End with { IsPodByPod = !plan.IsRouted });
        return plan;
    }

    /// <summary>The stage that a step begins, none where it changes nothing for users.</summary>
    private static ExposureStage? Next(ExposureStage stage, Node step, CanaryUsers users)
    {
        var share = users.Share;
        var weight = step["setWeight"u8];
        if (share is null ? stage.IsKnown is false && !weight.Exists : stage.IsKnown && share == stage.Share)
            return null;
        var by = weight;
        if (!by.Exists)
            by = step["setCanaryScale"u8];
        if (!by.Exists)
            by = step["experiment"u8];
        return new ExposureStage(share ?? stage.Share, by.Exists ? by : users.WeightSetBy, Implicit: false, default)
        {
            IsKnown = share is not null,
            Written = users.IsByPods ? users.Written : null,
        };
    }

    /// <summary>
    /// One switch from 0 to 100 %, after which an analysis may still switch back. Promotion is automatic, after <c>autoPromotionSeconds</c>, unless
    /// <c>autoPromotionEnabled</c> is false: then the seconds count for nothing (ARO rollout/pause.go, CompletedBlueGreenPause).
    /// </summary>
    private static ExposurePlan OfBlueGreen(Node blueGreen, Reader read)
    {
        var enabled = blueGreen["autoPromotionEnabled"u8];
        var seconds = blueGreen["autoPromotionSeconds"u8];
        var automatic = read.Boolean(enabled);
        var wait = read.Integer(seconds);
        var before = RolloutAnalysis.NamesTemplates(blueGreen["prePromotionAnalysis"u8], read);
        var hold = new Hold
        {
            Indefinite = automatic == false,
            Gate = automatic == false ? enabled : default,
            Timed = TimeSpan.FromSeconds(automatic == false ? 0 : Math.Clamp(wait ?? 0, 0, (long)Hold.Longest.TotalSeconds)),
            Pause = seconds,
            Analysis = before,
            Unreadable = (enabled.Exists && automatic is null) || (seconds.Exists && wait is null),
        };
        var after = new Hold { Analysis = RolloutAnalysis.NamesTemplates(blueGreen["postPromotionAnalysis"u8], read) };
        var plan = new ExposurePlan { IsBlueGreen = true, HasAnalysis = before || after.Analysis };
        plan.Add(hold);
        plan.Add(ExposurePlan.Beginning(hold));
        plan.Add(after);
        plan.Add(ExposurePlan.End with { Hold = after });
        return plan;
    }
}
