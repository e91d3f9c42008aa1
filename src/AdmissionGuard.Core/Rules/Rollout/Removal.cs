using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A Rollout that took over a Deployment takes all pods with it. See docs/facts/argo-rollouts.md#workload-ref.</summary>
internal static class Removal
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-removal",
        Summary = "A Rollout that took over a Deployment should be deleted only when that Deployment has pods again.",
        Why =
            "Argo scales the Deployment to 0 (workloadRef.scaleDown) and leaves it there. The Rollout's pods go with the Rollout, so that the app "
            + "has no pods, and its users get 503 until somebody scales the Deployment up (argo-rollouts rollout/sync.go, rollout/replicaset.go).",
        Remedy = "Scale the Deployment up, wait until its pods are ready, then delete the Rollout.",
        Kinds = [ObjectKind.Rollout],
        Reads = [ObjectKind.Service, ObjectKind.DestinationRule, ObjectKind.ServiceEntry],
        OnDelete = true,
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var reference = x.Spec["workloadRef"u8];
        if (
            !x.IsDeletion
            || !reference["kind"u8].IsText("Deployment"u8)
            || reference["scaleDown"u8].Text is null or "" or "never"
            || Users.AreGoneOf(x, x.Key, x.Subject.Root)
        )
            return;
        var name = Shown.Clip(reference["name"u8].Text ?? "", 60);
        x.Report(
            new Finding(
                reference,
                "workloadRef",
                $"Argo has scaled Deployment {Shown.Quote(name)} to 0 and leaves it so: when the Rollout's pods go with it, users get 503"
            )
            {
                Remedy = $"# first: kubectl scale deployment {name} -n {Shown.Clip(x.Key.Namespace, 63)} --replicas {Replicas(x)}",
            }
        );
    }

    private static long Replicas(Inspection x) => x.Read.Integer(x.Spec["replicas"u8]) is > 0 and var replicas ? replicas : 1;
}
