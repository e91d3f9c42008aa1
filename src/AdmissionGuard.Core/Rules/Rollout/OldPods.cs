using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>Pods of versions that nobody uses go. See docs/facts/argo-rollouts.md#scale-down-delay.</summary>
internal static class OldPods
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-old-pods",
        Summary = "The old version's pods must go some time after the switch.",
        Why =
            "scaleDownDelaySeconds 0 does not mean at once but never: the old version keeps all its pods after each release, two releases later "
            + "there are three times as many, until the nodes are full and the next release finds no room (argo-rollouts rollout/replicaset.go, "
            + "scaleDownDelayHelper; argo-rollouts#1992).",
        Remedy = "Leave scaleDownDelaySeconds out, which is 30, or set 30 or more.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        var strategy = x.Spec["strategy"u8];
        var scope = plan.IsCanary ? strategy["canary"u8] : strategy["blueGreen"u8];
        var isUsed = plan.IsBlueGreen || scope["trafficRouting"u8].Exists;
        var delay = scope["scaleDownDelaySeconds"u8];
        if (!isUsed || x.Read.Integer(delay) != 0 || x.Read.Boolean(scope["dynamicStableScale"u8]) == true)
            return;
        x.Report(
            new Finding(
                delay,
                "scaleDownDelaySeconds",
                "scaleDownDelaySeconds is 0, which means never: the old version keeps all its pods, and each release adds as many"
            )
            {
                Found = "0",
                Limit = "30",
                Excess = 1,
                Remedy = "scaleDownDelaySeconds: 30",
            }
        );
    }
}
