using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>
/// Between two growths of the new version there is time to see what the first did. See docs/facts/argo-rollouts.md#step-kinds and
/// docs/facts/operations-practice.md#canary-time.
/// </summary>
internal static class Observation
{
    private static readonly DurationParameter MinPause = new(
        "minPause",
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromDays(1),
        "shortest pause between two increases that no analysis watches"
    );
    private static readonly DurationParameter MinTotalPause = new(
        "minTotalPause",
        TimeSpan.FromMinutes(10),
        TimeSpan.Zero,
        TimeSpan.FromDays(7),
        "shortest sum of the pauses of a rollout that has neither an analysis nor a gate; less is advice"
    );

    public static readonly Rule Rule = new()
    {
        Id = "rollout-observation",
        Summary = "After each increase of the weight, and before the promotion, there must be time to see what it did.",
        Why =
            "setWeight takes no time of its own: Argo goes on as soon as the pods are ready, so that steps without a pause or an analysis "
            + "between them are one step, which rollout-step-increase judges by what users feel. "
            + "A pause of 0 or of less than a second ends at once, and a background analysis needs time to measure (argo-rollouts "
            + "rollout/canary.go, RolloutPause.DurationSeconds). "
            + "Most alerts need minutes (SRE Workbook, canarying releases).",
        Remedy =
            "Put a pause, an analysis or an experiment between the two weights; after the last weight too, for the promotion to 100 % follows it.",
        Kinds = [ObjectKind.Rollout],
        Parameters = [MinPause, MinTotalPause],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    /// <summary>Argo drops what is less; any longer pause gives a background analysis time to measure.</summary>
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        if (!plan.HasSteps)
            return;
        var found = false;
        foreach (var increase in plan.WrittenIncreases)
        {
            if (increase.Since is not { } hold)
                continue;
            if (hold.Gated || hold.Unreadable || hold.Timed >= (hold.Background ? OneSecond : x.Get(MinPause)))
                continue;
            x.Report(TooShort(x, increase, hold));
            found = true;
        }
        if (!found && !plan.HasAnalysis && plan.WrittenIncreases.Count > 1)
            Sum(x, plan);
    }

    private static Finding TooShort(Inspection x, Increase increase, Hold hold)
    {
        var min = x.Get(MinPause);
        var from = Shown.Percent(increase.From.Share);
        var to = Shown.Percent(increase.To.Share);
        var between = increase.To.Implicit
            ? $"between {from} of users and the promotion to 100 % after the last step"
            : $"between {from} and {to} of users";
        var length = Durations.Write(hold.Timed);
        string ends;
        if (hold.Timed > TimeSpan.Zero)
            ends = "";
        else if (hold.Background)
            ends = ", so that the background analysis measures nothing";
        else
            ends = " and ends at once";
        var needed = $"{Durations.Write(min)} or an analysis step is needed";
        var weight = increase.To.Implicit ? increase.From.SetBy : increase.To.SetBy;
        var side = increase.To.Implicit ? "after" : "before";
        var lacking = $"nothing stands {between}{(hold.Background ? ends : "")}, a pause of at least {needed}";
        return new Finding(
            hold.Pause.Exists ? hold.Pause : weight,
            increase.Key,
            hold.Pause.Exists ? $"the pause {between} lasts {length}{ends}, at least {needed}" : lacking
        )
        {
            Found = hold.Pause.Exists ? length : "no pause",
            Limit = Durations.Write(min),
            Whole = "steps",
            Excess = (min - hold.Timed).TotalSeconds,
            Remedy = hold.Pause.Exists ? $"duration: {Suggested(min)}" : $"- pause: {{duration: {Suggested(min)}}}   # {side} this step",
        };
    }

    private static void Sum(Inspection x, ExposurePlan plan)
    {
        var total = TimeSpan.Zero;
        foreach (var stage in plan.Stages)
        {
            if (!stage.IsKnown || stage.Hold.Unreadable)
                return;
            if (stage.Share == 0)
                continue;
            if (stage.Hold.Gated)
                return;
            total += stage.Hold.Timed;
        }
        var min = x.Get(MinTotalPause);
        if (total >= min)
            return;
        var message =
            $"the pauses of all steps last {Durations.Write(total)} together, at least {Durations.Write(min)} is advised without an analysis "
            + $"or a pause that waits for somebody";
        x.Report(
            new Finding(x.Spec["strategy"u8]["canary"u8]["steps"u8], "total", message)
            {
                Found = Durations.Write(total),
                Limit = Durations.Write(min),
                Excess = (min - total).TotalSeconds,
                Remedy = $"- pause: {{duration: {Durations.Write(min - total)}}}",
            }
        );
    }

    private static string Suggested(TimeSpan min) => Durations.Write(min > TimeSpan.FromMinutes(5) ? min : TimeSpan.FromMinutes(5));
}
