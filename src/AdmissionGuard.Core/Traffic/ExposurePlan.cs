using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Traffic;

/// <summary>A share of users on the new version, and what holds it there.</summary>
/// <param name="Share">Percent of users, 0 to 100; where it is not known, the one before.</param>
/// <param name="SetBy">The step's <c>setWeight</c>; absent for the beginning and for the implicit end.</param>
/// <param name="Implicit">The promotion to 100 % after the last step, which nobody wrote.</param>
public sealed record ExposureStage(double Share, Node SetBy, bool Implicit, Hold Hold)
{
    /// <summary>False where the weight could not be read: nothing can be said of the way there and from there.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>Reached pod by pod, as a Deployment rolls, not at once.</summary>
    public bool IsGradual { get; init; }
}

/// <summary>A growth of the new version's share between two stages that are both known.</summary>
/// <param name="Since">What stood between it and the increase before; null where this is the first.</param>
public readonly record struct Increase(ExposureStage From, ExposureStage To, Hold? Since)
{
    /// <summary>Percent of all users that change over at once.</summary>
    public double Points => To.Share - From.Share;

    /// <summary>By its shares, <c>5->100</c>: the same wherever the step stands.</summary>
    public string Key => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{From.Share:0.##}->{To.Share:0.##}");
}

/// <summary>A step that takes time or gates.</summary>
/// <param name="Stage">The index of the stage in which it stands.</param>
/// <param name="Hold">Its own part of the stage's.</param>
public readonly record struct HoldingStep(int Stage, Hold Hold);

/// <summary>
/// The users' exposure to a new version, stage by stage, the implicit last one included: after the last step a canary is promoted to 100 %
/// (docs/facts/argo-rollouts.md#promotion). Steps that do not change the weight hold the stage in which they stand.
/// </summary>
public sealed partial class ExposurePlan
{
    private readonly List<ExposureStage> stages = [];
    private readonly List<Increase> increases = [];
    private readonly List<HoldingStep> holding = [];

    private ExposurePlan() { }

    /// <summary>The first has the share 0, before anything is sent to the new version. Only the first where the strategy is neither.</summary>
    public IReadOnlyList<ExposureStage> Stages => stages;

    /// <summary>What the stages' holds are made of, in order; steps that hold nothing are left out.</summary>
    public IReadOnlyList<HoldingStep> Steps => holding;

    /// <summary>In order. Decreasing weights are none.</summary>
    public IReadOnlyList<Increase> Increases => increases;

    /// <summary>Argo calls both strategies at once invalid; the canary is judged.</summary>
    public bool IsCanary { get; private init; }

    public bool IsBlueGreen { get; private init; }

    /// <summary>A canary with at least one step, or with steps that cannot be read.</summary>
    public bool HasSteps { get; private init; }

    /// <summary>
    /// A router sends users by weight; without one Argo comes as near as numbers of pods allow (docs/facts/argo-rollouts.md#weights-by-pods).
    /// </summary>
    public bool IsRouted { get; private init; }

    /// <summary>What a canary with neither steps nor a router comes to: users change over pod by pod.</summary>
    public bool IsRollingUpdate => IsCanary && !HasSteps && !IsRouted;

    /// <summary>Any analysis: in the background, as a step, in an experiment, before or after promotion.</summary>
    public bool HasAnalysis { get; private set; }

    /// <summary>What <c>setWeight</c> is out of: 100, or <c>trafficRouting.maxTrafficWeight</c>.</summary>
    public long MostWeight { get; private init; } = 100;

    public static ExposurePlan OfRollout(Node spec, Reader read)
    {
        var strategy = read.Map(spec["strategy"u8]);
        var canary = read.Map(strategy["canary"u8]);
        var blueGreen = read.Map(strategy["blueGreen"u8]);
        var plan =
            canary.Exists ? OfCanary(canary, read)
            : blueGreen.Exists ? OfBlueGreen(blueGreen, read)
            : new ExposurePlan();
        if (plan.stages.Count == 0)
            plan.stages.Add(Beginning(default));
        plan.FindIncreases();
        return plan;
    }

    /// <summary>The weight that gives this share, as one writes it in <c>setWeight</c>.</summary>
    public long WeightOf(double share) => (long)Math.Round(share * MostWeight / 100);

    private static ExposurePlan OfCanary(Node canary, Reader read)
    {
        var steps = canary["steps"u8];
        var background = read.Map(canary["analysis"u8]);
        var watches = read.Items(background["templates"u8]).MoveNext();
        var watchesFrom = read.Integer(background["startingStep"u8]) ?? 0;
        var plan = new ExposurePlan
        {
            IsCanary = true,
            HasSteps = steps.IsArray ? steps.Count > 0 : steps.Exists,
            HasAnalysis = watches,
            IsRouted = canary["trafficRouting"u8].IsObject,
            MostWeight = read.Integer(canary["trafficRouting"u8]["maxTrafficWeight"u8]) is > 0 and var most ? most : 100,
        };

        var stage = Beginning(default) with { IsKnown = steps.IsArray || !steps.Exists };
        var index = 0;
        foreach (var item in read.Items(steps))
        {
            var step = read.Map(new Node(item));
            var weight = step["setWeight"u8];
            if (weight.Exists && plan.Next(stage, weight, read) is { } next)
            {
                plan.stages.Add(stage);
                stage = next;
            }
            var hold = step.IsObject ? Hold.Of(step, watches && index >= watchesFrom, read) : new Hold { Unreadable = true };
            plan.Add(hold);
            stage = stage with { Hold = stage.Hold.And(hold) };
            plan.HasAnalysis |= step["analysis"u8].Exists || step["experiment"u8]["analyses"u8].Count > 0;
            index++;
        }
        plan.stages.Add(stage);
        if (stage.Share < 100 || !stage.IsKnown)
            plan.stages.Add(End);
        return plan;
    }

    /// <summary>
    /// The stage that a weight begins, none where it repeats the one before. Argo refuses a weight out of range; the nearest one counts.
    /// </summary>
    private ExposureStage? Next(ExposureStage stage, Node weight, Reader read)
    {
        if (read.Integer(weight) is not { } number)
            return new ExposureStage(stage.Share, weight, Implicit: false, default) { IsKnown = false };
        var share = 100.0 * Math.Clamp(number, 0, MostWeight) / MostWeight;
        return stage.IsKnown && share == stage.Share ? null : new ExposureStage(share, weight, Implicit: false, default);
    }

    /// <summary>
    /// One switch from 0 to 100 %, after which an analysis may still switch back. Promotion is automatic, after <c>autoPromotionSeconds</c>, unless
    /// <c>autoPromotionEnabled</c> is false: then the seconds count for nothing (ARO rollout/pause.go, CompletedBlueGreenPause).
    /// </summary>
    private static ExposurePlan OfBlueGreen(Node blueGreen, Reader read)
    {
        var enabled = blueGreen["autoPromotionEnabled"u8];
        var seconds = blueGreen["autoPromotionSeconds"u8];
        var (automatic, wait) = (read.Boolean(enabled), read.Integer(seconds));
        var before = blueGreen["prePromotionAnalysis"u8].Exists;
        var hold = new Hold
        {
            Indefinite = automatic == false,
            Gate = automatic == false ? enabled : default,
            Timed = TimeSpan.FromSeconds(automatic == false ? 0 : Math.Clamp(wait ?? 0, 0, (long)Hold.Longest.TotalSeconds)),
            Pause = seconds,
            Analysis = before,
            Unreadable = (enabled.Exists && automatic is null) || (seconds.Exists && wait is null),
        };
        var after = new Hold { Analysis = blueGreen["postPromotionAnalysis"u8].Exists };
        var plan = new ExposurePlan { IsBlueGreen = true, HasAnalysis = before || after.Analysis };
        plan.Add(hold);
        plan.stages.Add(Beginning(hold));
        plan.Add(after);
        plan.stages.Add(End with { Hold = after });
        return plan;
    }

    /// <summary>To the stage that is still open.</summary>
    private void Add(Hold hold)
    {
        if (hold.TakesTime)
            holding.Add(new HoldingStep(stages.Count, hold));
    }

    private static ExposureStage Beginning(Hold hold) => new(0, default, Implicit: false, hold);

    private static ExposureStage End => new(100, default, Implicit: true, default);

    private void FindIncreases()
    {
        Hold? since = null;
        for (var i = 1; i < stages.Count; i++)
        {
            var (from, to) = (stages[i - 1], stages[i]);
            if (since is not null)
                since = since.Value.And(from.Hold);
            if (!from.IsKnown || !to.IsKnown)
            {
                since = (since ?? default(Hold)) with { Unreadable = true };
            }
            else if (to.Share > from.Share)
            {
                increases.Add(new Increase(from, to, since));
                since = default(Hold);
            }
        }
    }
}
