using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Autoscaler;

/// <summary>What serves is what is scaled. See docs/facts/kubernetes-autoscaling.md#whole-rollout.</summary>
internal static class Target
{
    public static readonly Rule Rule = new()
    {
        Id = "autoscaler-target",
        FormerIds = ["horizontal-pod-autoscaler-target"],
        Summary = "A HorizontalPodAutoscaler must scale the Rollout, not the Deployment that the Rollout takes over.",
        Why =
            "The Rollout makes the pods that serve, with replicas of its own: an HPA on the Deployment of its workloadRef leaves them as they "
            + "are however many users come, "
            + "and writes the replicas that the Rollout scales down; at 0 it does nothing at all (argo-rollouts docs, migrating and "
            + "features/hpa-support; Kubernetes, ScalingDisabled).",
        Remedy = "Point scaleTargetRef to the Rollout: apiVersion argoproj.io/v1alpha1, kind Rollout. Its one HPA scales stable and canary together.",
        Kinds = [ObjectKind.HorizontalPodAutoscaler, ObjectKind.Rollout],
        Reads = [ObjectKind.HorizontalPodAutoscaler, ObjectKind.Rollout, ObjectKind.Canary],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.Rollout)
            OfRollout(x);
        else
            OfAutoscaler(x);
    }

    private static void OfAutoscaler(Inspection x)
    {
        var target = x.Read.Map(x.Spec["scaleTargetRef"u8]);
        if (Workload.Named(target, x.Subject.Namespace) is not { } workload || workload.Kind == ObjectKind.Rollout)
            return;
        foreach (var (rollout, _) in x.World.ReferrersOf(workload, ObjectKind.Rollout))
        {
            x.Report(
                new Finding(
                    target,
                    $"{workload.Kind} {workload.Name}",
                    $"scales {workload.TitleIn(x.Subject.Namespace)}, which {rollout.TitleIn(x.Subject.Namespace)} takes over, it must scale "
                        + $"the Rollout: the pods that serve stay as many as they are"
                )
                {
                    Found = workload.TitleIn(x.Subject.Namespace),
                    Limit = rollout.TitleIn(x.Subject.Namespace),
                    Remedy = $"scaleTargetRef:\n  apiVersion: argoproj.io/v1alpha1\n  kind: Rollout\n  name: {Shown.Clip(rollout.Name, 253)}",
                }
            );
            return;
        }
        OfCanary(x, target, workload);
    }

    /// <summary>
    /// Flagger scales the target to 0 and serves from a copy, which has an HPA only where autoscalerRef names this one
    /// (docs/facts/flagger.md#autoscaler).
    /// </summary>
    private static void OfCanary(Inspection x, Node target, ObjectKey workload)
    {
        foreach (var (canary, root) in x.World.ReferrersOf(workload, ObjectKind.Canary))
        {
            var named = root["spec"u8]["autoscalerRef"u8]["name"u8].Text;
            if (named == x.Subject.Name)
                return;
            x.Report(
                new Finding(
                    target,
                    $"{workload.Kind} {workload.Name}",
                    $"scales {workload.TitleIn(x.Subject.Namespace)}, which {canary.TitleIn(x.Subject.Namespace)} releases without naming "
                        + $"this HPA in its autoscalerRef: the copy that serves stays as it is"
                )
                {
                    Found = workload.TitleIn(x.Subject.Namespace),
                    Limit = $"autoscalerRef in {canary.TitleIn(x.Subject.Namespace)}",
                    Remedy =
                        $"# in {canary.TitleIn(x.Subject.Namespace)}:\nautoscalerRef:\n  apiVersion: autoscaling/v2\n  kind: "
                        + $"HorizontalPodAutoscaler\n  name: {Shown.Clip(x.Subject.Name, 253)}",
                }
            );
            return;
        }
    }

    /// <summary>Advice: whoever moves a service to a Rollout writes the Rollout first, while the Deployment with its HPA still serves.</summary>
    private static void OfRollout(Inspection x)
    {
        var reference = x.Read.Map(x.Spec["workloadRef"u8]);
        if (Workload.Named(reference, x.Subject.Namespace) is not { } workload)
            return;
        foreach (var (autoscaler, _) in x.World.ReferrersOf(workload, ObjectKind.HorizontalPodAutoscaler))
        {
            x.Report(
                new Finding(
                    reference,
                    $"{workload.Kind} {workload.Name} {autoscaler.Name}",
                    $"takes over {workload.TitleIn(x.Subject.Namespace)}, which is what {autoscaler.TitleIn(x.Subject.Namespace)} scales, and "
                        + $"not this Rollout: the pods that serve stay as many as they are"
                )
                {
                    AtMost = GuardAction.Warn,
                }
            );
            return;
        }
    }
}
