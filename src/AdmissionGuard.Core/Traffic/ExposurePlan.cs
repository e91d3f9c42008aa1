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

    /// <summary>Percent of those users who have a route of their own, where the share of all cannot be told; null elsewhere.</summary>
    public double? OfMatching { get; init; }

    /// <summary>Reached pod by pod, as a Deployment rolls, not at once.</summary>
    public bool IsGradual { get; init; }

    /// <summary>Reached pod by pod, with nothing that waits between: the promotion of a canary without a router.</summary>
    public bool IsPodByPod { get; init; }

    /// <summary>What the weight says, in percent; null where that is the share itself. Without a router pods come only near it.</summary>
    public double? Written { get; init; }

    /// <summary>Weights that nothing holds are passed through: users feel only where the release waits, begins and ends.</summary>
    internal bool IsFelt => Hold.TakesTime || !IsKnown;
}

/// <summary>A growth of the new version's share between two stages that are both known.</summary>
/// <param name="Since">What stood between it and the increase before; null where this is the first.</param>
public readonly record struct Increase(ExposureStage From, ExposureStage To, Hold? Since)
{
    /// <summary>Percent of all users that change over at once.</summary>
    public double Points => To.Share - From.Share;

    /// <summary>By its shares as they are written, <c>5->100</c>: the same wherever the step stands, and however many pods there are.</summary>
    public string Key =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{From.Written ?? From.Share:0.##}->{To.Written ?? To.Share:0.##}");
}

/// <summary>A step that takes time or gates.</summary>
/// <param name="Stage">The index of the stage in which it stands.</param>
/// <param name="Hold">Its own part of the stage's.</param>
public readonly record struct HoldingStep(int Stage, Hold Hold);

/// <summary>
/// The users' exposure to a new version, stage by stage, the implicit last one included: after the last step a canary is promoted to 100 %
/// (docs/facts/argo-rollouts.md#promotion). Steps that do not change the weight hold the stage in which they stand.
/// </summary>
public sealed class ExposurePlan
{
    private readonly List<ExposureStage> stages = [];
    private readonly List<Increase> increases = [];
    private readonly List<Increase> written = [];
    private readonly List<HoldingStep> holding = [];

    internal ExposurePlan() { }

    /// <summary>The first has the share 0, before anything is sent to the new version. Only the first where the strategy is neither.</summary>
    public IReadOnlyList<ExposureStage> Stages => stages;

    /// <summary>What the stages' holds are made of, in order; steps that hold nothing are left out.</summary>
    public IReadOnlyList<HoldingStep> Steps => holding;

    /// <summary>In order, each between two places where somebody or something can stop the release. Decreasing weights are none.</summary>
    public IReadOnlyList<Increase> Increases => increases;

    /// <summary>As <see cref="Increases"/>, one for each weight that is written, whether or not the release waits there.</summary>
    public IReadOnlyList<Increase> WrittenIncreases => written;

    /// <summary>The beginning, the end, and the stages between at which the release waits.</summary>
    public IEnumerable<ExposureStage> FeltStages => stages.Where((s, i) => i == 0 || i == stages.Count - 1 || s.IsFelt);

    /// <summary>Argo calls both strategies at once invalid; the canary is judged.</summary>
    public bool IsCanary { get; internal init; }

    public bool IsBlueGreen { get; internal init; }

    /// <summary>A canary with at least one step, or with steps that cannot be read.</summary>
    public bool HasSteps { get; internal init; }

    /// <summary>
    /// A router sends users by weight; without one Argo comes as near as numbers of pods allow (docs/facts/argo-rollouts.md#weights-by-pods).
    /// </summary>
    public bool IsRouted { get; internal init; }

    /// <summary>
    /// Shares are made of pods, and the Rollout does not say how many there are, or a HorizontalPodAutoscaler does: with more pods they are smaller.
    /// </summary>
    public bool IsAtMost { get; internal init; }

    /// <summary>What a canary with neither steps nor a router comes to: users change over pod by pod.</summary>
    public bool IsRollingUpdate => IsCanary && !HasSteps && !IsRouted;

    /// <summary>Any analysis: in the background, as a step, in an experiment, before or after promotion.</summary>
    public bool HasAnalysis { get; internal set; }

    /// <summary>The requests that match go to the new version first, whoever many those are.</summary>
    public bool IsByMatch { get; internal init; }

    /// <summary>By Flagger: all who match at the first look, and for as many checks as <c>iterations</c> says.</summary>
    public bool IsAtOnce { get; internal init; }

    /// <summary>What shares and times cannot show, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <summary>By Flagger: the last growth is a primary that rolls, pod by pod.</summary>
    public bool IsByFlagger { get; internal init; }

    /// <summary>All steps are one line, <c>stepWeight</c>.</summary>
    public bool HasOneStep { get; internal init; }

    /// <summary>What <c>setWeight</c> is out of: 100, or <c>trafficRouting.maxTrafficWeight</c>.</summary>
    public long MostWeight { get; internal init; } = 100;

    /// <summary>The weight that gives this share, as one writes it in <c>setWeight</c>.</summary>
    public long WeightOf(double share) => (long)Math.Round(share * MostWeight / 100);

    /// <summary>To the stage that is still open.</summary>
    internal void Add(Hold hold)
    {
        if (hold.TakesTime)
            holding.Add(new HoldingStep(stages.Count, hold));
    }

    internal static ExposureStage Beginning(Hold hold) => new(0, default, Implicit: false, hold);

    internal static ExposureStage End => new(100, default, Implicit: true, default);

    internal void Add(ExposureStage stage) => stages.Add(stage);

    /// <summary>With the increases between its stages; a plan without a stage gets the one in which nobody is on the new version.</summary>
    internal ExposurePlan Finished()
    {
        if (stages.Count == 0)
            stages.Add(Beginning(default));
        FindIncreases(stages, written);
        FindIncreases([.. FeltStages], increases);
        return this;
    }

    private static void FindIncreases(List<ExposureStage> stages, List<Increase> into)
    {
        Hold? since = null;
        for (var i = 1; i < stages.Count; i++)
        {
            var from = stages[i - 1];
            var to = stages[i];
            if (since is not null)
                since = since.Value.And(from.Hold);
            if (!from.IsKnown || !to.IsKnown)
            {
                since = (since ?? default(Hold)) with { Unreadable = true };
            }
            else if (to.Share > from.Share)
            {
                into.Add(new Increase(from, to, since));
                since = default(Hold);
            }
        }
    }
}
