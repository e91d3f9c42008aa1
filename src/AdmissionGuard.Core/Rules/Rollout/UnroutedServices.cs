using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>Users of a canary without a router reach pods of both versions. See docs/facts/argo-rollouts.md#unrouted-services.</summary>
internal static class UnroutedServices
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-unrouted-services",
        Summary = "A canary without trafficRouting should not name Services of its versions.",
        Why =
            "Argo points stableService at the stable pods alone and canaryService at the new ones, with a router or without. Without one it takes "
            + "pods away from stable as the canary grows: who calls stableService meets ever fewer pods of the old version and none of the new, "
            + "until the promotion (argo-rollouts rollout/service.go, reconcileStableAndCanaryService; rollout/canary.go).",
        Remedy = "Delete stableService and canaryService and let users call a Service that selects both versions, or name a trafficRouting.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        var canary = x.Spec["strategy"u8]["canary"u8];
        if (!plan.IsCanary || !plan.HasSteps || canary["trafficRouting"u8].Exists)
            return;
        var stable = canary["stableService"u8];
        if (stable.Text is not { Length: > 0 } name)
            return;
        var most = plan.Stages.Where(s => !s.Implicit).Max(s => s.Share);
        if (most <= 0)
            return;
        var left = most < 100 ? $"{Shown.Percent(100 - most)} of its pods" : "no pods";
        x.Report(
            new Finding(
                stable,
                "stableService",
                $"stableService {Shown.Quote(Shown.Clip(name, 63))} reaches the stable version alone, which has {left} left at the last step: "
                    + "without trafficRouting all its users meet them"
            )
            {
                Excess = most,
            }
        );
    }
}
