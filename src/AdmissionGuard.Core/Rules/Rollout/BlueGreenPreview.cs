using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>
/// A blue-green release can be tried before the switch, at its real size, and is judged after it. See docs/facts/argo-rollouts.md#preview.
/// </summary>
internal static class BlueGreenPreview
{
    /// <summary>Percent of the replicas that a preview needs to say something of the load.</summary>
    private const int Enough = 50;

    public static readonly Rule Rule = new()
    {
        Id = "rollout-blue-green-preview",
        Summary = "A blue-green release should have a preview of sufficient size, and an analysis after the switch too.",
        Why =
            "Without a previewService neither people nor a prePromotionAnalysis can reach the new version before all users do. A preview of a "
            + "few pods says little of the full load when the promotion is automatic. "
            + "Only a postPromotionAnalysis that fails switches back by itself (argo-rollouts rollout/bluegreen.go, docs, features/bluegreen).",
        Remedy = "Name a previewService, leave previewReplicaCount out, add a postPromotionAnalysis.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (!x.Subject.Plan.IsBlueGreen)
            return;
        var blueGreen = x.Spec["strategy"u8]["blueGreen"u8];
        if (!blueGreen["previewService"u8].Exists)
        {
            x.Report(
                Missing(
                    blueGreen,
                    "previewService",
                    "blue-green has no previewService: nobody can try the new version before all users get it",
                    $"previewService: {Shown.Clip(x.Subject.Name, 40)}-preview"
                )
            );
        }
        // Where nothing judges at all, rollout-analysis says so.
        if (x.Subject.Plan.HasAnalysis && !blueGreen["postPromotionAnalysis"u8].Exists)
        {
            x.Report(
                Missing(
                    blueGreen,
                    "postPromotionAnalysis",
                    "the only analysis is before the switch: what fails only under all users is not switched back",
                    "postPromotionAnalysis:\n  templates:\n    - templateName: success-rate"
                )
            );
        }
        Size(x, blueGreen);
    }

    private static Finding Missing(Node blueGreen, string key, string message, string remedy) =>
        new(new Place(blueGreen, key), key, message)
        {
            Found = $"no {key}",
            Excess = 1,
            Remedy = remedy,
        };

    private static void Size(Inspection x, Node blueGreen)
    {
        var automatic = blueGreen["autoPromotionEnabled"u8];
        if (automatic.Exists && x.Read.Boolean(automatic) != true)
            return;
        var count = blueGreen["previewReplicaCount"u8];
        if (x.Read.Integer(count) is not (>= 0 and var preview) || x.Read.Integer(x.Spec["replicas"u8]) is not (> 0 and var replicas))
            return;
        var share = 100.0 * preview / replicas;
        if (share >= Enough)
            return;
        x.Report(
            new Finding(
                count,
                "previewReplicaCount",
                $"the preview has {preview} of {replicas} pods, at least {Enough} % advised where the promotion is automatic: it is judged "
                    + $"under less than its load"
            )
            {
                Found = Shown.Percent(share),
                Limit = $"{Enough} %",
                Excess = Enough - share,
                Remedy = FormattableString.Invariant($"previewReplicaCount: {Math.Ceiling(replicas / 2.0):0}"),
            }
        );
    }
}
