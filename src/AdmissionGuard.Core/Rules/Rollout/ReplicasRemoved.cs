using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A Rollout keeps its pods. See docs/facts/argo-rollouts.md#replicas-absent.</summary>
internal static class ReplicasRemoved
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-replicas-removed",
        Summary = "A Rollout that has several pods should keep its replicas.",
        Why =
            "Argo takes an absent number for 1 and writes that down. An update that takes replicas out, as when an autoscaler is to say it from now "
            + "on, removes all pods but one in that moment; the autoscaler brings them back pod by pod (argo-rollouts utils/defaults/defaults.go, "
            + "GetReplicasOrDefault).",
        Remedy =
            "Keep replicas in the object while the manifest gives it up: kubectl apply edit-last-applied, or server-side apply by the autoscaler's "
            + "field manager first; in Argo CD ignore the difference.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Old is not { } old || x.Spec["replicas"u8].Exists)
            return;
        if (new Reader().Integer(old.Spec["replicas"u8]) is not (> 1 and var before))
            return;
        x.Report(
            new Finding(
                new Place(x.Spec, "replicas"),
                "replicas",
                $"replicas is taken out, it was {before}: Argo takes that for 1 and removes the other pods"
            )
            {
                Found = "no replicas",
                Limit = $"{before}",
                Excess = before - 1,
                Remedy = $"replicas: {before}",
            }
        );
    }
}
