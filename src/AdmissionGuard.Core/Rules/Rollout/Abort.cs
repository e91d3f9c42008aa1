using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
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
        if (x.Read.Integer(delay) == 0 && !isDynamic)
        {
            var message = plan.IsCanary
                ? "abortScaleDownDelaySeconds is 0: an abort removes the canary's pods at once, and proxies that do not know it yet answer 503"
                : "abortScaleDownDelaySeconds is 0, which means never: the pods of an aborted version are not scaled down";
            x.Report(
                new Finding(delay, plan.IsCanary ? "abort removes pods" : "abortScaleDownDelaySeconds", message)
                {
                    Found = "0",
                    Limit = "30",
                    Excess = 30,
                    AtMost = GuardAction.Warn,
                    Remedy = "abortScaleDownDelaySeconds: 30",
                }
            );
        }
        if (plan is { IsCanary: true, HasSteps: true } && isDynamic)
            Dynamic(x, plan, scope, delay);
    }

    private static void Dynamic(Inspection x, ExposurePlan plan, Node canary, Node delay)
    {
        var most = plan.Stages.Where(s => !s.Implicit).Max(s => s.Share);
        var neverEnds = NeverEnds(x, canary, delay);
        if (neverEnds is null && most <= 0)
            return;
        var message = $"at {Shown.Percent(most)} of users on the new version stable has {Shown.Percent(100 - most)} of its pods left: an abort ";
        if (neverEnds is not null)
            message = $"dynamicStableScale stands beside {neverEnds}: an abort never ends, and users stay on the aborted version";
        else if (delay.Exists)
            message += "never ends in Argo 1.9.0, 1.9.1 and 1.10.0-rc1 where abortScaleDownDelaySeconds is set";
        else
            message += "goes back step by step as pods start";
        x.Report(
            new Finding(canary["dynamicStableScale"u8], "dynamicStableScale", message)
            {
                Found = Shown.Percent(most),
                Limit = "0 %",
                Excess = most + (neverEnds is null && !delay.Exists ? 0 : 100),
                Remedy = "dynamicStableScale: false",
                AtMost = neverEnds is null ? GuardAction.Warn : GuardAction.Deny,
            }
        );
    }

    /// <summary>What makes an abort never end in every version of Argo; null where it ends.</summary>
    private static string? NeverEnds(Inspection x, Node canary, Node delay)
    {
        if (x.Read.Integer(canary["minPodsPerReplicaSet"u8]) is >= 2 and var least)
            return $"minPodsPerReplicaSet {least}";
        var steps = x.Read.Items(canary["steps"u8]).GetEnumerator();
        var isScaledFirst = steps.MoveNext() && steps.Current["setCanaryScale"u8].Exists;
        return isScaledFirst && x.Read.Integer(delay) == 0 ? "a first step setCanaryScale and abortScaleDownDelaySeconds 0" : null;
    }
}
