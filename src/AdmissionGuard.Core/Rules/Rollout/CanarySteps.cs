using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A canary has steps. See docs/facts/argo-rollouts.md#no-steps.</summary>
internal static class CanarySteps
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-canary-steps",
        Summary = "A canary strategy must have steps.",
        Why =
            "With traffic routing and no steps Argo keeps the weight at 0 until every new pod is available and then switches all users in one "
            + "go: a bad release reaches "
            + "everybody at once (argo-rollouts rollout/trafficrouting.go). Without traffic routing it is a rolling update, as a Deployment "
            + "does it: that is advice only, except for a change that takes the steps away.",
        Remedy = "Write spec.strategy.canary.steps: a small setWeight first, then a pause or an analysis after each weight.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (!x.Subject.Plan.IsCanary || x.Subject.Plan.HasSteps)
            return;
        var canary = x.Spec["strategy"u8]["canary"u8];
        var routed = canary["trafficRouting"u8].Exists;
        // nobody is refused a rolling update, but who has steps does not lose them unseen
        var isLoss = !routed && x.Old is { Plan: { IsCanary: true, HasSteps: true } had } && PlanComparison.IsSooner(had, x.Subject.Plan);
        x.Report(
            new Finding(Place.Of(canary, "steps"), routed ? "routed" : "rolling update", isLoss ? Lost : Message(routed))
            {
                Found = "no steps",
                Limit = "1 step",
                Excess = 1,
                Remedy =
                    "steps:\n  - setWeight: 10\n  - pause: {duration: 5m}\n  - setWeight: 25\n  - pause: {duration: 5m}\n"
                    + "  - setWeight: 50\n  - pause: {duration: 5m}\n  - setWeight: 75\n  - pause: {duration: 5m}",
                AtMost = routed || isLoss ? GuardAction.Deny : GuardAction.Warn,
            }
        );
    }

    private const string Lost =
        "the steps and the router that the stored Rollout has are taken away: the next release reaches everybody pod by pod, and nothing stops it";

    private static string Message(bool routed) =>
        routed
            ? "the canary has no steps, at least one is needed: 100 % of users change to the new version at once, as soon as its pods are available"
            : "the canary has no steps: it replaces pods by maxSurge and maxUnavailable as a Deployment does, and nothing stops a bad release";
}
