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
    /// <summary>Percent of users up to which stable keeps most of its pods.</summary>
    private const int Half = 50;

    public static readonly Rule Rule = new()
    {
        Id = "rollout-abort",
        Summary = "An abort should take users back at once, and not leave the aborted version's pods behind.",
        Why =
            "With dynamicStableScale the stable version gives up pods as its users leave: an abort must start them again first and steps the "
            + "weights down one by one, while the bad version goes on serving. "
            + "abortScaleDownDelaySeconds 0 means never: pods of a version that was refused run and cost on (argo-rollouts "
            + "rollout/replicaset.go, docs, features/canary).",
        Remedy =
            "Leave dynamicStableScale out, or set abortScaleDownDelaySeconds to some minutes so that the new version's pods stay until stable "
            + "is back.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
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
        if (x.Read.Integer(delay) == 0)
        {
            const string message = "abortScaleDownDelaySeconds is 0, which means never: the pods of an aborted version are not scaled down";
            x.Report(
                new Finding(delay, "abortScaleDownDelaySeconds", message)
                {
                    Found = "0",
                    Limit = "1",
                    Excess = 1,
                    Remedy = "abortScaleDownDelaySeconds: 30",
                }
            );
        }
        if (plan is { IsCanary: true, HasSteps: true } && x.Read.Boolean(scope["dynamicStableScale"u8]) == true)
            Dynamic(x, plan, scope["dynamicStableScale"u8], delay);
    }

    private static void Dynamic(Inspection x, ExposurePlan plan, Node at, Node delay)
    {
        var most = plan.Stages.Where(s => !s.Implicit).Max(s => s.Share);
        if (delay.Exists && most <= Half)
            return;
        var left = $"at {Shown.Percent(most)} of users on the new version stable has {Shown.Percent(100 - most)} of its pods left";
        var message = delay.Exists
            ? $"{left}, at least {Half} % advised: an abort waits until the others have started"
            : $"{left}, and abortScaleDownDelaySeconds is not set: an abort goes back step by step as pods start";
        x.Report(
            new Finding(at, "dynamicStableScale", message)
            {
                Found = Shown.Percent(most),
                Limit = $"{Half} %",
                Excess = most + (delay.Exists ? 0 : 100),
                Remedy = most > Half ? "dynamicStableScale: false" : "abortScaleDownDelaySeconds: 600   # beside dynamicStableScale",
            }
        );
    }
}
