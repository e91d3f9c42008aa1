using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.HorizontalPodAutoscaler;

/// <summary>One target, one opinion of how many pods it needs. See docs/facts/kubernetes-autoscaling.md#one-target.</summary>
internal static class OnePerTarget
{
    public static readonly Rule Rule = new()
    {
        Id = "horizontal-pod-autoscaler-one-per-target",
        Summary = "A workload should have one HorizontalPodAutoscaler, which for a Rollout scales stable and canary together.",
        Why =
            "Two on one target overwrite each other's replicas every 15 seconds. A second one for the canary is often meant: but a Rollout "
            + "has one number of replicas, "
            + "and its canary gets a part of them by the weight of the step (argo-rollouts docs, features/hpa-support).",
        Remedy = "Keep one, with the metrics of both, under the name of the Rollout. How many pods the canary has is said by setCanaryScale.",
        Kinds = [ObjectKind.HorizontalPodAutoscaler],
        Reads = [ObjectKind.HorizontalPodAutoscaler],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var target = x.Read.Map(x.Spec["scaleTargetRef"u8]);
        if (Workload.Named(target, x.Subject.Namespace) is not { } workload)
            return;
        foreach (var (other, _) in x.World.ReferrersOf(workload, ObjectKind.HorizontalPodAutoscaler))
        {
            if (other == x.Key)
                continue;
            x.Report(
                new Finding(
                    target,
                    $"{workload.Kind} {workload.Name} shared",
                    $"{workload.TitleIn(x.Subject.Namespace)} is scaled by {other.TitleIn(x.Subject.Namespace)} too, one should do it: each "
                        + $"undoes what the other has set"
                )
                {
                    Excess = 1,
                }
            );
            break;
        }
        if (workload.Kind == ObjectKind.Rollout && PartIn(x, workload.Name) is { } part)
            x.Report(Partial(x, target, workload, part));
    }

    /// <summary>The word of its name for one side of a canary, which the Rollout itself is not called.</summary>
    private static string? PartIn(Inspection x, string rollout)
    {
        var own = new HashSet<string>(Words(rollout), StringComparer.OrdinalIgnoreCase);
        return Array.Find(Words(x.Subject.Name), w => !own.Contains(w) && (x.Settings.IsNewName(w) || x.Settings.IsStableName(w)));
    }

    private static string[] Words(string name) => name.Split('-', '_', '.');

    private static Finding Partial(Inspection x, Node target, ObjectKey rollout, string part) =>
        new(
            target["name"u8],
            $"{rollout.Name} part",
            $"the name says {Shown.Quote(Shown.Clip(part, 60))}, the target is the whole {rollout.TitleIn(x.Subject.Namespace)}: no HPA "
                + $"scales one side alone, stable and canary follow it together"
        )
        {
            Found = $"the whole {rollout.TitleIn(x.Subject.Namespace)}",
            Excess = 1,
        };
}
