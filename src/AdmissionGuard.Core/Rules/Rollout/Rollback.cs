using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>The version before is still there, and the way to it is short. See docs/facts/argo-rollouts.md#rollback.</summary>
internal static class Rollback
{
    /// <summary>The version that runs is not counted among the old ones; two leave a way back from a bad way back.</summary>
    private const int Fewest = 2;

    public static readonly Rule Rule = new()
    {
        Id = "rollout-rollback",
        Summary = "A Rollout must keep the versions before, and should go back to them without the steps.",
        Why =
            "revisionHistoryLimit 0 deletes every ReplicaSet that is scaled down: undo has nothing to go back to. Without a rollbackWindow a "
            + "rollback to a version that was already promoted goes through all steps and "
            + "pauses once more, in the middle of an outage (argo-rollouts docs, features/rollback).",
        Remedy = "Leave revisionHistoryLimit out or at 2 or more, and set rollbackWindow.revisions.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        var limit = x.Spec["revisionHistoryLimit"u8];
        if (x.Read.Integer(limit) is >= 0 and < Fewest and var kept)
            x.Report(TooFew(limit, kept));
        // Without steps there is nothing to skip.
        var window = x.Spec["rollbackWindow"u8]["revisions"u8];
        if (
            (plan.HasSteps || plan.IsBlueGreen)
            && (!window.Exists || x.Read.Integer(window) == 0)
            && (!x.Spec["rollbackWindow"u8].Exists || x.Spec["rollbackWindow"u8].IsObject)
        )
            x.Report(Slow(x.Spec));
    }

    private static Finding TooFew(Node limit, long kept) =>
        new(
            limit,
            "revisionHistoryLimit",
            kept == 0
                ? "revisionHistoryLimit is 0, at least 1 is needed: there is no version left to go back to"
                : $"revisionHistoryLimit is {kept}, at least {Fewest} advised: after one more release the version that was known to be good is gone"
        )
        {
            Found = $"{kept}",
            Limit = kept == 0 ? "1" : $"{Fewest}",
            Excess = Fewest - kept,
            Remedy = "revisionHistoryLimit: 5",
            AtMost = kept == 0 ? GuardAction.Deny : GuardAction.Warn,
        };

    private static Finding Slow(Node spec) =>
        new(
            spec["rollbackWindow"u8].Exists ? Place.Of(spec["rollbackWindow"u8], "revisions") : new Place(spec, "rollbackWindow"),
            "rollbackWindow",
            "no rollbackWindow is set: a rollback to the version before goes through every step and analysis again"
        )
        {
            Found = "no rollbackWindow",
            Excess = 1,
            Remedy = spec["rollbackWindow"u8].Exists ? "revisions: 3" : "rollbackWindow:\n  revisions: 3",
            AtMost = GuardAction.Warn,
        };
}
