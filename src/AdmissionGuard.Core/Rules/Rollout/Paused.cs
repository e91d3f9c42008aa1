using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A pause by hand ends. See docs/facts/argo-rollouts.md#paused.</summary>
internal static class Paused
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-paused",
        Summary = "A Rollout should not be stored as paused.",
        Why =
            "spec.paused stops every step until somebody takes it away; a new Rollout gets no pods at all. In Git it comes back with every "
            + "sync, and a release that was thought done does not happen "
            + "(argo-rollouts docs, specification, paused). A pause is the brake of an emergency: it is never denied.",
        Remedy = "Take paused out of the manifest; for a stop that belongs to the plan, write a pause step.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var paused = x.Spec["paused"u8];
        if (x.Read.Boolean(paused) != true)
            return;
        x.Report(
            new Finding(paused, "paused", "paused is true: no step goes on, and no new version starts, until somebody sets it to false")
            {
                Found = "true",
                Limit = "false",
                Excess = 1,
                Remedy = "paused: false",
                AtMost = GuardAction.Warn,
            }
        );
    }
}
