using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A person decides where the policy wants one, and nowhere else. See docs/facts/argo-rollouts.md#step-kinds.</summary>
internal static class ManualGate
{
    private static readonly IntegerParameter RequireGateBefore = new(
        "requireGateBefore",
        0,
        0,
        99,
        "percent of users beyond which only a person may let a release go; 0 for no such limit"
    );
    private static readonly BooleanParameter AllowIndefinite = new(
        "allowIndefinite",
        false,
        "whether a canary may wait for a person where none is required"
    );

    public static readonly Rule Rule = new()
    {
        Id = "rollout-manual-gate",
        Summary = "A release must wait for a person where the policy asks for one, and should not wait for one elsewhere.",
        Why =
            "A pause without duration waits for ever: half released versions are forgotten there over weekends, and the next release starts "
            + "from them. Some services may reach many users only by somebody's word "
            + "(argo-rollouts rollout/pause.go).",
        Remedy = "Give the pause a duration, or, where a person is required, write pause: {} before the weight.",
        Kinds = [ObjectKind.Rollout],
        Parameters = [RequireGateBefore, AllowIndefinite],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Audit,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        if (!plan.HasSteps && !plan.IsBlueGreen)
            return;
        if (x.Get(RequireGateBefore) is > 0 and var limit)
            Required(x, plan, limit);
        else if (plan.IsCanary && !x.Get(AllowIndefinite))
            Unwanted(x, plan);
    }

    private static void Required(Inspection x, ExposurePlan plan, int limit)
    {
        foreach (var stage in plan.Stages)
        {
            if (!stage.IsKnown || stage.Hold.Unreadable)
                return;
            if (stage.Share > limit)
            {
                x.Report(Ungated(x, plan, stage, limit));
                return;
            }
            if (stage.Hold.Indefinite)
                return;
        }
    }

    private static Finding Ungated(Inspection x, ExposurePlan plan, ExposureStage stage, int limit)
    {
        var strategy = x.Spec["strategy"u8];
        Place at;
        if (plan.IsBlueGreen)
            at = Place.Of(strategy["blueGreen"u8], "autoPromotionEnabled");
        else if (stage.Implicit)
            at = Place.Of(strategy["canary"u8], "steps");
        else
            at = stage.SetBy;
        var gatePlace = stage.Implicit ? "after the last step" : "before this step";
        return new Finding(
            at,
            "gate",
            $"no pause without duration stands before {Shown.Percent(stage.Share)} of "
                + $"users{(stage.Implicit && plan.IsCanary ? " after the last step" : "")}, beyond {limit} % a person must decide"
        )
        {
            Found = "no gate",
            Limit = $"{limit} %",
            Excess = stage.Share - limit,
            Remedy = plan.IsBlueGreen ? "autoPromotionEnabled: false" : $"- pause: {{}}   # {gatePlace}",
        };
    }

    private static void Unwanted(Inspection x, ExposurePlan plan)
    {
        foreach (var stage in plan.Stages)
        {
            if (!stage.Hold.Indefinite)
                continue;
            x.Report(
                new Finding(
                    stage.Hold.Gate,
                    FormattableString.Invariant($"waits at {stage.Share:0.##}"),
                    $"the release waits at {Shown.Percent(stage.Share)} of users until somebody promotes it, a pause with a duration is advised"
                )
                {
                    Found = "no duration",
                    Whole = "steps",
                    Excess = 1,
                    Remedy = "pause: {duration: 10m}",
                }
            );
        }
    }
}
