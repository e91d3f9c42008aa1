using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A canary has no more pods than the version that it replaces. See docs/facts/argo-rollouts.md#canary-scale-over.</summary>
internal static class CanaryScaleLimit
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-canary-scale-limit",
        Summary = "setCanaryScale must not ask for more pods than spec.replicas.",
        Why =
            "Argo makes as many pods as setCanaryScale says. With dynamicStableScale a full promotion takes the new version's pods as a part of "
            + "spec.replicas for its weight: 2 of 1 are a weight of 200, stable gets one below 0, Istio refuses it, and the release stays where it "
            + "is (argo-rollouts rollout/trafficrouting.go, reconcileTrafficRouting). Without it the pods above spec.replicas are only waste.",
        Remedy = "Write a setCanaryScale of at most spec.replicas, or one by weight.",
        Kinds = [ObjectKind.Rollout],
        Reads = [ObjectKind.HorizontalPodAutoscaler],
        Refines = [ObjectKind.HorizontalPodAutoscaler],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var canary = x.Spec["strategy"u8]["canary"u8];
        if (!x.Subject.Plan.IsRouted || AutoscaledPlan.Of(x) is not { Fewest: null } scaled || scaled.ReplicasOf(x) is not (> 0 and var replicas))
            return;
        var isDynamic = x.Read.Boolean(canary["dynamicStableScale"u8]) == true;
        // Where nobody has written it an autoscaler may say more.
        var isKnown = x.Spec["replicas"u8].Exists;
        foreach (var item in x.Read.Items(canary["steps"u8]))
        {
            var set = item["setCanaryScale"u8]["replicas"u8];
            if (x.Read.Integer(set) is not { } pods || pods <= replicas)
                continue;
            var effect = isDynamic
                ? $"a full promotion asks for a weight of {(double)pods * 100 / replicas:0} percent, which no router takes, and stays there"
                : "the pods above it serve nobody more";
            x.Report(
                new Finding(set, "setCanaryScale", $"setCanaryScale asks for {pods} pods, spec.replicas is {replicas}: {effect}")
                {
                    Found = $"{pods}",
                    Limit = $"{replicas}",
                    Excess = pods - replicas,
                    Remedy = $"replicas: {replicas}",
                    AtMost = isDynamic && isKnown ? GuardAction.Deny : GuardAction.Warn,
                    RestsOnAbsence = !isKnown,
                }
            );
            return;
        }
    }
}
