using System.Globalization;
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
            + "same Service, so that weights are wrong and the capacity is paid for twice. Argo scales it down in the Rollout's first revision "
            + "only (argo-rollouts docs, migrating; rollout/sync.go, rollout/replicaset.go).",
        Remedy =
            "Set workloadRef.scaleDown: onsuccess, or progressively, when the Rollout is created; later scale the Deployment to 0 yourself. Where "
            + "that has been done, an exception says so.",
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
        var name = Shown.Clip(reference["name"u8].Text ?? "", 60);
        var late = Revision(x) > 1;
        var message =
            $"scaleDown is {(scaleDown.Text == "never" ? "never" : "not set and so never")}: the pods of Deployment {Shown.Quote(name)} go on "
            + "serving beside the Rollout's unless somebody scaled it to 0"
            + (late ? "; Argo reads scaleDown in the first revision only, so setting it now changes nothing" : "");
        x.Report(
            new Finding(Place.Of(reference, "scaleDown"), "scaleDown", message)
            {
                Found = "never",
                Limit = "onsuccess or progressively",
                Excess = 1,
                Remedy = late ? $"# kubectl scale deployment {name} --replicas 0, once its pods are no longer needed" : "scaleDown: onsuccess",
            }
        );
    }

    /// <summary>Argo counts it in an annotation of the stored Rollout, which Git does not have.</summary>
    private static int Revision(Inspection x) =>
        int.TryParse(
            (x.Old ?? x.Subject).Root["metadata"u8]["annotations"u8]["rollout.argoproj.io/revision"].Text,
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var revision
        )
            ? revision
            : 0;
}
