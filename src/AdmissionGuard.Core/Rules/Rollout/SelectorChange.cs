using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A release finds the version before it. See docs/facts/argo-rollouts.md#selector-change.</summary>
internal static class SelectorChange
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-selector-change",
        Summary = "The selector of a Rollout must stay as it is.",
        Why =
            "Argo finds the ReplicaSets of earlier versions by the selector. After a change it finds none: it gives them up, takes the new version "
            + "for the first one and skips every step, so that all users get it at once; the old pods run on and belong to nobody. The API server "
            + "refuses such a change of a Deployment, of a Rollout it does not (argo-rollouts rollout/replicaset.go, getReplicaSetsForRollouts).",
        Remedy = "Keep the selector. For another one make a Rollout of another name and move the users to it.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Old is not { } old || old.Spec["workloadRef"u8].Exists || x.Spec["workloadRef"u8].Exists)
            return;
        var before = old.Spec["selector"u8];
        var after = x.Spec["selector"u8];
        if (!before.Exists || !after.Exists || before.SameAs(after))
            return;
        x.Report(
            new Finding(
                after,
                "selector",
                "the selector changes: Argo no longer finds the pods of the version that runs, skips every step and leaves those pods behind"
            )
            {
                Excess = 1,
            }
        );
    }
}
