using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>The plan stays what it is while it is carried out. See docs/facts/argo-rollouts.md#steps-changed.</summary>
internal static class ChangeInProgress
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-change-in-progress",
        Summary = "The strategy, steps, traffic routing and template of a Rollout must not change while it is on its way.",
        Why =
            "Other steps or another template send Argo back to the first step, whatever weight that has; another strategy or router leaves "
            + "the weights frozen in the VirtualService; a third version in mid-canary "
            + "can answer 503 for a while with subsets (argo-rollouts rollout/canary.go, issue #4775). A rollback passes, and so does a change "
            + "before the first user is on the new version.",
        Remedy = "Wait for the rollout's end, or abort it first (kubectl argo rollouts abort).",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Old is not { } old)
            return;
        var status = new RolloutStatus(old.Root["status"u8]);
        if (x.IsRollback || !status.IsProgressing || status.IsAborted)
            return;
        var from = old.Spec["strategy"u8];
        var to = x.Spec["strategy"u8];
        var before = old.Plan;
        var after = x.Subject.Plan;
        if (before.IsCanary != after.IsCanary || before.IsBlueGreen != after.IsBlueGreen)
        {
            Report(
                x,
                Place.Of(x.Spec, "strategy"),
                "strategy",
                "another strategy in the middle of a rollout: Argo forgets how far it was, and the weights stay as they are"
            );
        }
        else if (before.IsCanary)
        {
            var canary = from["canary"u8];
            var share = status.WrittenShare(before.MostWeight) ?? status.ShareOf(canary, before.MostWeight);
            if (share != 0)
                OfCanary(x, canary, to["canary"u8], share);
        }
    }

    private static void OfCanary(Inspection x, Node old, Node canary, double? share)
    {
        var users = share is { } known ? $"while {Shown.Percent(known)} of users are on the new version" : "in the middle of a rollout";
        if (!AsArgoReads.AreSame(old["trafficRouting"u8], canary["trafficRouting"u8]))
        {
            var change = canary["trafficRouting"u8].Exists ? "trafficRouting changes" : "trafficRouting is taken away";
            Report(
                x,
                Place.Of(canary, "trafficRouting"),
                "trafficRouting",
                $"{change} {users}: the weights that Argo wrote before stay, and nobody takes them back"
            );
        }
        if (!AsArgoReads.AreSame(old["steps"u8], canary["steps"u8]))
        {
            var first = x.Subject.Plan.Increases.Count > 0 ? x.Subject.Plan.Increases[0].To.Share : 0;
            var sends = x.Subject.Plan.HasSteps
                ? $"the rollout begins again at its first step, with {Shown.Percent(first)} of users"
                : "without steps all users change over at once";
            Report(
                x,
                Place.Of(canary, "steps"),
                "steps",
                $"the steps change {users}: {sends}",
                first > (share ?? 0) ? GuardAction.Deny : GuardAction.Warn,
                first
            );
        }
        if (share > 0 && !AsArgoReads.AreSame(x.Old!.Spec["template"u8], x.Spec["template"u8]))
        {
            const string effect = "Argo begins the steps again with this version, and with subsets requests can get 503 meanwhile";
            Report(x, Place.Of(x.Spec, "template"), "template", $"the template changes {users}: {effect}", GuardAction.Warn);
        }
    }

    private static void Report(Inspection x, Place at, string key, string message, GuardAction atMost = GuardAction.Deny, double excess = 1) =>
        x.Report(new Finding(at, key, message) { Excess = excess, AtMost = atMost });
}
