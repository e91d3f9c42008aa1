using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A pod counts when it has been ready for some time. See docs/facts/argo-rollouts.md#min-ready.</summary>
internal static class Readiness
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-readiness",
        Summary = "Without an analysis a new pod should have to stay ready for some seconds before it counts.",
        Why =
            "minReadySeconds is 0 by default: a pod counts as available at its first good probe, and one that crashes a few seconds later has "
            + "moved the rollout on already. "
            + "Where an analysis judges the release it would see that (argo-rollouts docs, specification).",
        Remedy = "Set minReadySeconds to what a crash at start takes to show, 10 to 30 seconds mostly.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        var written = x.Spec["minReadySeconds"u8];
        if (plan.HasAnalysis || !(plan.IsCanary || plan.IsBlueGreen) || (written.Exists && x.Read.Integer(written) != 0))
            return;
        x.Report(
            new Finding(
                Place.Of(x.Spec, "minReadySeconds"),
                "minReadySeconds",
                $"minReadySeconds is {(written.Exists ? "0" : "not set and so 0")}, 1 or more is advised without an analysis: pods that crash "
                    + $"soon after their first good probe move the rollout on"
            )
            {
                Found = "0",
                Limit = "1",
                Excess = 1,
                Remedy = "minReadySeconds: 20",
            }
        );
    }
}
