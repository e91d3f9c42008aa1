using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A Deployment that a Rollout takes over does not serve beside it. See docs/facts/argo-rollouts.md#workload-ref.</summary>
internal static class WorkloadRef
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-workload-ref",
        Summary = "A Deployment that a Rollout takes over should be scaled down by it.",
        Why =
            "workloadRef.scaleDown is never by default: the Deployment's pods run on beside the Rollout's, with the same labels behind the "
            + "same Service, so that weights are wrong and the capacity is paid for twice "
            + "(argo-rollouts docs, migrating).",
        Remedy = "Set workloadRef.scaleDown: onsuccess, or progressively. Where the Deployment has been scaled to 0 by hand, an exception says so.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        IsAboutWhatWorks = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var reference = x.Read.Map(x.Spec["workloadRef"u8]);
        // Argo scales no other kind.
        if (!reference["kind"u8].IsText("Deployment"u8))
            return;
        var scaleDown = reference["scaleDown"u8];
        if (scaleDown.Exists && x.Read.Text(scaleDown) is not ("" or "never"))
            return;
        var name = Shown.Quote(Shown.Clip(reference["name"u8].Text ?? "", 60));
        var message =
            $"scaleDown is {(scaleDown.Text == "never" ? "never" : "not set and so never")}: the pods of Deployment {name} go on serving "
            + $"beside the Rollout's";
        x.Report(
            new Finding(Place.Of(reference, "scaleDown"), "scaleDown", message)
            {
                Found = "never",
                Limit = "onsuccess or progressively",
                Excess = 1,
                Remedy = "scaleDown: onsuccess",
            }
        );
    }
}
