using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Traffic;

/// <summary>What stands between one share of users and the next.</summary>
public readonly record struct Hold
{
    /// <summary>The sum of the timed pauses.</summary>
    public TimeSpan Timed { get; init; }

    /// <summary>The first pause step of no effect or of a given length, for findings; absent where there is none.</summary>
    public Node Pause { get; init; }

    /// <summary>A pause until somebody promotes.</summary>
    public bool Indefinite { get; init; }

    public bool Analysis { get; init; }

    public bool Experiment { get; init; }

    /// <summary>A step plugin, which may gate.</summary>
    public bool Plugin { get; init; }

    /// <summary>A background analysis runs meanwhile; it can stop the rollout only while something else takes time.</summary>
    public bool Background { get; init; }

    /// <summary>A step that ends only when somebody or something has judged.</summary>
    public bool Gated => Indefinite || Analysis || Experiment || Plugin;

    /// <summary>Gated, or watched by a background analysis for at least this long.</summary>
    public bool CanStop(TimeSpan atLeast) => Gated || (Background && Timed >= atLeast);
}

/// <summary>A share of users on the new version, and what holds it there.</summary>
/// <param name="Share">Percent of users, 0 to 100.</param>
/// <param name="SetBy">The step's <c>setWeight</c>; absent for the beginning and for the implicit end.</param>
/// <param name="Implicit">The promotion to 100 % after the last step, which nobody wrote.</param>
public sealed record ExposureStage(double Share, Node SetBy, bool Implicit, Hold Hold);

/// <summary>
/// The users' exposure to a new version, stage by stage, the implicit last one included: after the last step a canary is promoted to 100 %
/// (facts 3.3). Steps that do not change the weight hold the stage in which they stand.
/// </summary>
public sealed class ExposurePlan
{
    private readonly List<ExposureStage> stages = [];

    private ExposurePlan()
    {
    }

    /// <summary>The first has the share 0, before anything is sent to the new version. Only the first where the strategy is neither.</summary>
    public IReadOnlyList<ExposureStage> Stages => stages;

    /// <summary>A canary with at least one step.</summary>
    public bool HasSteps { get; private init; }

    /// <summary>Any analysis: in the background, as a step, in an experiment, before or after promotion.</summary>
    public bool HasAnalysis { get; private set; }

    public static ExposurePlan OfRollout(Node spec, Reader read)
    {
        var strategy = read.Map(spec["strategy"u8]);
        var canary = read.Map(strategy["canary"u8]);
        var blueGreen = read.Map(strategy["blueGreen"u8]);
        return blueGreen.Exists && !canary.Exists ? OfBlueGreen(blueGreen, read) : OfCanary(canary, read);
    }

    private static ExposurePlan OfCanary(Node canary, Reader read)
    {
        var steps = canary["steps"u8];
        var background = read.Map(canary["analysis"u8]);
        var watches = background["templates"u8].Count > 0;
        var watchesFrom = read.Integer(background["startingStep"u8]) ?? 0;
        var most = read.Integer(canary["trafficRouting"u8]["maxTrafficWeight"u8]) is > 0 and var max ? max : 100;
        var plan = new ExposurePlan { HasSteps = steps.Count > 0, HasAnalysis = watches };

        var stage = new ExposureStage(0, default, Implicit: false, default);
        var index = 0;
        foreach (var item in read.Items(steps))
        {
            var step = read.Map(new Node(item));
            var weight = step["setWeight"u8];
            if (weight.Exists)
            {
                if (read.Integer(weight) is { } number && 100.0 * number / most is var share && share != stage.Share)
                {
                    plan.stages.Add(stage);
                    stage = new ExposureStage(share, weight, Implicit: false, default);
                }
            }
            stage = stage with { Hold = With(stage.Hold, step, watches && index >= watchesFrom, read) };
            plan.HasAnalysis |= step["analysis"u8].Exists || step["experiment"u8]["analyses"u8].Count > 0;
            index++;
        }
        plan.stages.Add(stage);
        if (stage.Share < 100 && canary.Exists) plan.stages.Add(new ExposureStage(100, default, Implicit: true, default));
        return plan;
    }

    private static Hold With(Hold hold, Node step, bool watched, Reader read)
    {
        hold = hold with
        {
            Analysis = hold.Analysis || step["analysis"u8].Exists,
            Experiment = hold.Experiment || step["experiment"u8].Exists,
            Plugin = hold.Plugin || step["plugin"u8].Exists,
            Background = hold.Background || watched,
        };
        var pause = step["pause"u8];
        if (pause.Kind == System.Text.Json.JsonValueKind.Undefined) return hold;
        var duration = read.Map(pause)["duration"u8];
        if (!duration.Exists) return hold with { Indefinite = true };
        return hold with { Timed = hold.Timed + PauseLength(duration, read), Pause = hold.Pause.Exists ? hold.Pause : duration };
    }

    /// <summary>Seconds as a number or a text, or a Go duration; under one second ends at once (facts 3.3). Zero where it cannot be read.</summary>
    private static TimeSpan PauseLength(Node duration, Reader read)
    {
        var text = duration.Text;
        var seconds = text is null ? read.Integer(duration) ?? 0
            : long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
            : (long)(read.Duration(duration)?.TotalSeconds ?? 0);
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue));
    }

    /// <summary>
    /// One switch from 0 to 100 %. Promotion is automatic unless <c>autoPromotionEnabled</c> is false; <c>autoPromotionSeconds</c> promotes after that time in either case (facts 3.4).
    /// </summary>
    private static ExposurePlan OfBlueGreen(Node blueGreen, Reader read)
    {
        var automatic = read.Boolean(blueGreen["autoPromotionEnabled"u8]) ?? true;
        var seconds = blueGreen["autoPromotionSeconds"u8];
        var after = read.Integer(seconds) ?? 0;
        var before = blueGreen["prePromotionAnalysis"u8].Exists;
        var hold = new Hold
        {
            Indefinite = !automatic && after <= 0,
            Timed = TimeSpan.FromSeconds(Math.Clamp(after, 0, int.MaxValue)),
            Pause = seconds,
            Analysis = before,
        };
        var plan = new ExposurePlan { HasAnalysis = before || blueGreen["postPromotionAnalysis"u8].Exists };
        plan.stages.Add(new ExposureStage(0, default, Implicit: false, hold));
        plan.stages.Add(new ExposureStage(100, default, Implicit: true, default));
        return plan;
    }
}
