using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>Something stands between a new version that is ready and all users. See docs/facts/argo-rollouts.md#auto-promotion.</summary>
internal static class BlueGreenPromotion
{
    private static readonly IntegerParameter MinSeconds = new(
        "minAutoPromotionSeconds",
        30,
        1,
        86400,
        "shortest autoPromotionSeconds of a promotion that nobody and nothing has judged"
    );

    public static readonly Rule Rule = new()
    {
        Id = "rollout-blue-green-promotion",
        Summary = "A blue-green switch must wait for a person, an analysis or at least some time.",
        Why =
            "autoPromotionEnabled is true by default: the active Service points to the new pods as soon as they are ready, 0 to 100 % of "
            + "users in one step "
            + "(argo-rollouts rollout/bluegreen.go). Nobody and nothing has judged them before that.",
        Remedy = "Set autoPromotionEnabled: false, or prePromotionAnalysis, or autoPromotionSeconds.",
        Kinds = [ObjectKind.Rollout],
        Parameters = [MinSeconds],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        if (!plan.IsBlueGreen)
            return;
        var blueGreen = x.Spec["strategy"u8]["blueGreen"u8];
        var hold = plan.Stages[0].Hold;
        var min = x.Get(MinSeconds);
        if (!hold.Gated && !hold.Unreadable && hold.Timed.TotalSeconds < min)
            x.Report(AtOnce(blueGreen, hold, min));
    }

    private static Finding AtOnce(Node blueGreen, Hold hold, int min)
    {
        var found = $"{hold.Timed.TotalSeconds:0}s";
        var when = hold.Timed > TimeSpan.Zero ? $"{found} after" : "as soon as";
        var message =
            $"all users change to the new version {when} its pods are ready, at least {min}s, an analysis or a manual promotion must come before";
        return new Finding(hold.Pause.Exists ? hold.Pause : Place.Of(blueGreen, "autoPromotionEnabled"), "promotion", message)
        {
            Found = found,
            Limit = $"{min}s",
            Excess = min - hold.Timed.TotalSeconds,
            Remedy = hold.Pause.Exists ? $"autoPromotionSeconds: {Math.Max(min, 300)}" : "autoPromotionEnabled: false",
        };
    }
}
