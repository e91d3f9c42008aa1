using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>The version before is still there, and the way to it is short. See docs/facts/argo-rollouts.md#rollback.</summary>
internal static class Rollback
{
    /// <summary>The version that runs is not counted among the old ones; two leave a way back from a bad way back.</summary>
    private const int Fewest = 2;

    private static readonly IntegerParameter MaxLastWeight = new(
        "maxLastWeight",
        80,
        1,
        100,
        "percent of users in the last setWeight of a routed canary with a rollbackWindow; more is advice"
    );

    public static readonly Rule Rule = new()
    {
        Id = "rollout-rollback",
        Summary = "A Rollout must keep the versions before, and should go back to them without the steps.",
        Why =
            "revisionHistoryLimit 0 deletes every ReplicaSet that is scaled down: undo has nothing to go back to. Without a rollbackWindow a "
            + "rollback to a version that was already promoted goes through all steps and "
            + "pauses once more, in the middle of an outage (argo-rollouts docs, features/rollback). "
            + "With one, Argo gives the old version the last setWeight as soon as its first pod is ready: after setWeight 100 one pod of twenty "
            + "gets every request (rollout/trafficrouting.go, reconcileTrafficRouting).",
        Remedy = "Leave revisionHistoryLimit out or at 2 or more, set rollbackWindow.revisions, and leave a last setWeight of 100 out.",
        Kinds = [ObjectKind.Rollout],
        Parameters = [MaxLastWeight],
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
        else if (x.Read.Integer(window) > 0 && LastWeight(x) is { } last)
            x.Report(AtOnce(x, window, last));
    }

    /// <summary>Percent of users at the last weight, where it is too much for the first pod of several.</summary>
    private static (Node At, double Share)? LastWeight(Inspection x)
    {
        var plan = x.Subject.Plan;
        var last = x.Spec["strategy"u8]["canary"u8]["steps"u8].Items.Select(s => s["setWeight"u8]).LastOrDefault(w => w.Exists);
        if (!plan.IsRouted || x.Read.Integer(last) is not { } weight || x.Read.Integer(x.Spec["replicas"u8]) is 0 or 1)
            return null;
        var share = 100.0 * weight / plan.MostWeight;
        return share > x.Get(MaxLastWeight) ? (last, share) : null;
    }

    private static Finding AtOnce(Inspection x, Node window, (Node At, double Share) last)
    {
        var (limit, share) = (x.Get(MaxLastWeight), Shown.Percent(last.Share));
        return new Finding(
            window,
            "last weight",
            $"a rollback within this window sends {share} of users, the last setWeight, to the first pod that is ready, at most {limit} % advised: "
                + "it bears them alone until the other pods are ready"
        )
        {
            Found = share,
            Limit = $"{limit} %",
            Excess = last.Share - limit,
            Remedy =
                last.Share >= 100
                    ? "# leave the last setWeight out: the promotion to 100 % follows the steps anyway"
                    : $"# in the last step:\nsetWeight: {(int)(limit * x.Subject.Plan.MostWeight / 100)}",
            AtMost = GuardAction.Warn,
        };
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
