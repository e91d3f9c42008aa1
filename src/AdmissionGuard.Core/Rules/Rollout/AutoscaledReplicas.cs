using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>Git does not say how many, where an HPA does. See docs/facts/kubernetes-autoscaling.md#replicas-in-git.</summary>
internal static class AutoscaledReplicas
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-autoscaled-replicas",
        Summary = "The manifest of a Rollout that a HorizontalPodAutoscaler scales should not say replicas.",
        Why =
            "Every sync from Git sets the number that is written there, and the HPA finds the right one again a minute later: in a rush the "
            + "sync removes pods that are needed "
            + "(argo-rollouts docs, features/hpa-support). In a cluster each Rollout has replicas, so that only manifests are judged.",
        Remedy =
            "Leave spec.replicas out; the Rollout begins with 1 and the HPA's minReplicas. Where it must stay, ignore the difference in Argo CD.",
        Kinds = [ObjectKind.Rollout],
        Reads = [ObjectKind.HorizontalPodAutoscaler],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var replicas = x.Spec["replicas"u8];
        if (x.World.IsWhole || !replicas.Exists)
            return;
        foreach (var (key, _) in x.World.ReferrersOf(x.Key, ObjectKind.HorizontalPodAutoscaler))
        {
            x.Report(
                new Finding(
                    replicas,
                    "replicas",
                    $"replicas is {Shown.Value(replicas)}, none should be written while {key.TitleIn(x.Subject.Namespace)} scales it: each "
                        + $"sync takes back what the HPA has set"
                )
                {
                    Found = Shown.Value(replicas),
                    Limit = "no replicas",
                    Excess = 1,
                }
            );
            return;
        }
    }
}
