using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>What limits the growth of pods is in force. See docs/facts/argo-rollouts.md#routed-surge.</summary>
internal static class RoutedSurge
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-routed-surge",
        Summary = "A canary with trafficRouting should not rely on maxSurge.",
        Why =
            "Beside trafficRouting Argo does not read maxSurge: all pods of a weight start at once, 20 of 40 for setWeight 50, and on nodes without "
            + "room for them the release waits (argo-rollouts utils/replicaset/canary.go, CalculateReplicaCountsForTrafficRoutedCanary).",
        Remedy = "Delete maxSurge; write smaller weights, so that fewer pods start at once.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var canary = x.Spec["strategy"u8]["canary"u8];
        var surge = canary["maxSurge"u8];
        if (!surge.Exists || !canary["trafficRouting"u8].Exists)
            return;
        x.Report(
            new Finding(
                surge,
                "maxSurge",
                $"maxSurge is {Shown.Value(surge)}, and Argo does not read it beside trafficRouting: all pods that a weight asks for start at once"
            )
            {
                Found = Shown.Value(surge),
                Limit = "no maxSurge",
                Excess = 1,
            }
        );
    }
}
