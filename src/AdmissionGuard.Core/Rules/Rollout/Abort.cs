using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>
/// An abort takes the users back at once, and clears up after itself. See docs/facts/argo-rollouts.md#dynamic-stable-scale and
/// docs/facts/argo-rollouts.md#abort-delay.
/// </summary>
internal static class Abort
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-abort",
        Summary = "An abort should take users back at once, and not leave the aborted version's pods behind.",
        Why =
            "With dynamicStableScale the stable version gives up pods as its users leave: an abort must start them again first and steps the "
            + "weights down one by one, while the bad version goes on serving. With any abortScaleDownDelaySeconds beside it such an abort never "
            + "ends in Argo 1.9.0, 1.9.1 and 1.10.0-rc1: a quarter to half of the users stay on the aborted version. "
            + "abortScaleDownDelaySeconds 0 keeps the pods of an aborted blue-green release for ever, and removes those of a routed canary at "
            + "once, before proxies know (argo-rollouts rollout/canary.go, utils/defaults; argo-rollouts#4898).",
        Remedy = "Set dynamicStableScale to false, and leave abortScaleDownDelaySeconds out or set 30 or more.",
        Kinds = [ObjectKind.Rollout],
        Reads = [ObjectKind.HorizontalPodAutoscaler],
        Refines = [ObjectKind.HorizontalPodAutoscaler],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        var strategy = x.Spec["strategy"u8];
        var scope = plan.IsCanary ? strategy["canary"u8] : strategy["blueGreen"u8];
        // A canary without traffic routing uses neither.
        if (plan.IsCanary && !scope["trafficRouting"u8].Exists)
            return;
        var delay = scope["abortScaleDownDelaySeconds"u8];
        var isDynamic = x.Read.Boolean(scope["dynamicStableScale"u8]) == true;
        if (x.Read.Integer(delay) == 0)
            OfNoDelay(x, scope, delay, isDynamic);
        if (plan is { IsRouted: true, HasSteps: true } && isDynamic)
            Dynamic(x, scope);
    }

    private static void OfNoDelay(Inspection x, Node scope, Node delay, bool isDynamic)
    {
        var plan = x.Subject.Plan;
        var stays = plan.IsBlueGreen || AbortPath.ScaledFirst(scope, AutoscaledPlan.Of(x).ReplicasOf(x) ?? 1, plan.MostWeight, x.Read) > 0;
        if (!stays && isDynamic)
            return;
        var message = stays
            ? "abortScaleDownDelaySeconds is 0, which means never: the pods of an aborted version are not scaled down"
            : "abortScaleDownDelaySeconds is 0: an abort removes the canary's pods at once, and proxies that do not know it yet answer 503";
        x.Report(
            new Finding(delay, stays ? "abortScaleDownDelaySeconds" : "abort removes pods", message)
            {
                Found = "0",
                Limit = "30",
                Excess = 30,
                AtMost = GuardAction.Warn,
                Remedy = "abortScaleDownDelaySeconds: 30",
            }
        );
    }

    /// <summary>An abort that never ends is a matter of rollout-abort-ends.</summary>
    private static void Dynamic(Inspection x, Node canary)
    {
        var worst = AbortPaths.Of(x).InFixedVersions.Where(p => p.First > 0).DefaultIfEmpty().MaxBy(p => p.From);
        if (worst.First <= 0)
            return;
        x.Report(
            new Finding(
                canary["dynamicStableScale"u8],
                "dynamicStableScale",
                $"at {Shown.Percent(worst.From)} of users on the new version stable has {Shown.Percent(worst.Stable)} of its pods left: an abort "
                    + (worst.Rest > 0 ? "goes back only in part, and does not end" : "goes back step by step as pods start")
            )
            {
                Found = Shown.Percent(worst.From),
                Limit = "0 %",
                Excess = worst.From,
                Remedy = "dynamicStableScale: false",
                RestsOnAbsence = AutoscaledPlan.Of(x).RestsOnAbsence(x),
                AtMost = GuardAction.Warn,
            }
        );
    }
}
