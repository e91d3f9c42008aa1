namespace AdmissionGuard.Core.Traffic;

/// <summary>A share of users with the stretches of time at it, in order; none where the next share follows at once.</summary>
public sealed record TimelineStage(ExposureStage Stage, IReadOnlyList<Stretch> Stretches)
{
    /// <summary>Percent of users; null where the weight cannot be read.</summary>
    public double? Share => Stage.IsKnown ? Stage.Share : null;

    /// <summary>The timed pauses.</summary>
    public TimeSpan AtLeast => Stretches.Count == 0 ? TimeSpan.Zero : Stretches[^1].End - Stretches[0].Start;

    /// <summary>What can stop the new version here; nothing where only a person who watches can.</summary>
    public required IReadOnlyList<Gate> CanStop { get; init; }
}

/// <summary>
/// An <see cref="ExposurePlan"/> laid out in time, with the figures that compare one with another. Pure: what pods need to start is not in it, nor
/// what
/// gates take, so that every time is a least one. Times end at a hundred days (<see cref="Hold.Longest"/>).
/// </summary>
public sealed class ExposureTimeline
{
    private readonly List<TimelineStage> stages = [];

    public ExposureTimeline(ExposurePlan plan)
    {
        Plan = plan;
        var next = 0;
        var watched = TimeSpan.Zero;
        for (var i = 0; i < plan.Stages.Count; i++)
        {
            var stretches = new List<Stretch>();
            for (; next < plan.Steps.Count && plan.Steps[next].Stage == i; next++)
                AddStretches(stretches, plan.Stages[i], plan.Steps[next].Hold);
            var stage = plan.Stages[i];
            if (i == 0 && stretches.Count == 0 && stage.IsKnown && plan.Stages.Count > 1)
                continue;
            var canStop = stretches.Where(s => s.Gate is not null).Select(s => s.Gate!.Value).Distinct().ToList();
            if (stretches.Exists(s => s.IsChecked))
                canStop.Insert(0, Gate.Check);
            var before = watched;
            foreach (var stretch in stretches.Where(s => s.IsWatched && s.Share != 0))
                watched += stretch.Length;
            if (watched > before && watched >= ExposureCost.LeastWatch)
                canStop.Add(Gate.BackgroundAnalysis);
            stages.Add(new TimelineStage(stage, stretches) { CanStop = canStop });
        }
        Cost = ExposureCost.Of(Stretches);
        if (plan.IsRollingUpdate)
            return;
        foreach (var increase in plan.Increases.Where(i => !i.To.IsGradual))
        {
            if (LargestIncrease is not { } largest || increase.Points > largest.Points + 1e-9)
                LargestIncrease = increase;
        }
    }

    public ExposurePlan Plan { get; }

    /// <summary>The beginning, before anything is sent to the new version, is left out where nothing holds it.</summary>
    public IReadOnlyList<TimelineStage> Stages => stages;

    public IEnumerable<Stretch> Stretches => stages.SelectMany(s => s.Stretches);

    /// <summary>All timed pauses together.</summary>
    public TimeSpan Length { get; private set; }

    /// <summary>The first of the largest; null where no growth is known, as that of a rolling update.</summary>
    public Increase? LargestIncrease { get; }

    public ExposureCost Cost { get; }

    /// <summary>
    /// When at least <paramref name="share"/> percent of users are on the new version for the first time; null where that cannot be told.
    /// </summary>
    public Reach? Reaching(double share)
    {
        if (Plan.IsRollingUpdate)
            return null;
        var open = new List<Stretch>();
        var time = TimeSpan.Zero;
        foreach (var stage in stages)
        {
            if (stage.Share is not { } reached)
                return null;
            if (reached >= share - 1e-9)
                return new Reach(time, open);
            open.AddRange(stage.Stretches.Where(s => !s.IsTimed));
            time += stage.AtLeast;
        }
        return null;
    }

    /// <summary>One for the time, one for each gate. A canary's step is only one of these; of blue-green's, a person is asked last.</summary>
    private void AddStretches(List<Stretch> stretches, ExposureStage stage, Hold hold)
    {
        var here = new Stretch(stage.IsKnown ? stage.Share : null, Length, TimeSpan.Zero) { IsWatched = hold.Background };
        if (hold.Timed > TimeSpan.Zero)
        {
            var end = Hold.Sum(Length, hold.Timed);
            stretches.Add(here with { Length = end - Length, IsChecked = hold.Check });
            Length = end;
            here = here with { Start = end };
        }
        if (hold.Unreadable)
            stretches.Add(here with { IsUnreadable = true });
        if (hold.Analysis)
            stretches.Add(here with { Gate = Gate.Analysis });
        if (hold.Experiment)
            stretches.Add(here with { Gate = Gate.Experiment });
        if (hold.Plugin)
            stretches.Add(here with { Gate = Gate.Plugin });
        if (hold.Webhook)
            stretches.Add(here with { Gate = Gate.Webhook });
        if (hold.Indefinite)
            stretches.Add(here with { Gate = Gate.Promotion });
    }
}
