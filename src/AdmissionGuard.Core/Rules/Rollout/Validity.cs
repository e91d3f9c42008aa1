using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>Argo accepts the Rollout. See docs/facts/argo-rollouts.md#no-admission.</summary>
internal static class Validity
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-validity",
        Summary = "A Rollout must be one that Argo accepts.",
        Why =
            "Argo has no admission check of its own: an invalid Rollout is stored, the deployment looks done, and the controller does nothing "
            + "with it but set the condition InvalidSpec, "
            + "so that nothing is shipped, scaled or rolled back until somebody reads the status (argo-rollouts rollout/controller.go, "
            + "pkg/apis/rollouts/validation).",
        Remedy = "Write what the finding asks for; kubectl argo rollouts lint tells the rest, such as faults of the pod template.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        IsAboutWhatWorks = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var fault in InvalidSpec.Of(x.Spec, Shown.Clip(x.Subject.Name, 40), x.Subject.Plan, x.Read))
            x.Report(fault);
    }
}
