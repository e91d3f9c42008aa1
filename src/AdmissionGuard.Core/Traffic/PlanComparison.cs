namespace AdmissionGuard.Core.Traffic;

/// <summary>
/// Whether one plan exposes users more than another: a share of them sooner, or more of them at once
/// (docs/how-changes-are-judged.md#emergencies). A pause without end counts as infinite; no plan at all is everybody at once.
/// </summary>
public static class PlanComparison
{
    private const double Tolerance = 1e-6;

    /// <summary>When a share is reached: pauses without end on the way, then the timed ones after each other.</summary>
    private sealed record Level(double Share, int Endless, TimeSpan Timed)
    {
        public bool IsBefore(Level other) => Endless != other.Endless ? Endless < other.Endless : Timed < other.Timed;
    }

    /// <summary>Whether some share of users is reached earlier, or nobody can tell because a weight that changed cannot be read.</summary>
    public static bool IsSooner(ExposurePlan old, ExposurePlan now)
    {
        if (!IsReadable(old) || !IsReadable(now))
            return !IsSame(old, now);
        var (before, after) = (LevelsOf(old), LevelsOf(now));
        return before.Concat(after).Select(l => l.Share).Where(s => s > 0).Distinct().Any(s => Reaching(after, s).IsBefore(Reaching(before, s)));
    }

    /// <summary>Whether more users change over between two places where something takes time. What goes pod by pod is no such increase.</summary>
    public static bool HasLargerIncrease(ExposurePlan old, ExposurePlan now) => LargestIncrease(now) > LargestIncrease(old) + Tolerance;

    private static bool IsReadable(ExposurePlan plan)
    {
        for (var i = 0; i < plan.Stages.Count; i++)
        {
            if (!plan.Stages[i].IsKnown)
                return false;
        }
        return true;
    }

    private static bool IsSame(ExposurePlan old, ExposurePlan now) =>
        old.IsCanary == now.IsCanary
        && old.Stages.Count == now.Stages.Count
        && old.Stages.Zip(now.Stages).All(p => p.First.Share == p.Second.Share && p.First.SetBy.SameAs(p.Second.SetBy))
        && old.Steps.Count == now.Steps.Count
        && old.Steps.Zip(now.Steps)
            .All(p =>
                p.First.Stage == p.Second.Stage
                && p.First.Hold.Timed == p.Second.Hold.Timed
                && p.First.Hold.Gated == p.Second.Hold.Gated
                && p.First.Hold.Indefinite == p.Second.Hold.Indefinite
            );

    private static List<Level> LevelsOf(ExposurePlan plan)
    {
        var levels = new List<Level>();
        var (endless, timed) = (0, TimeSpan.Zero);
        var next = 0;
        for (var i = 0; i < plan.Stages.Count; i++)
        {
            levels.Add(new Level(plan.Stages[i].Share, endless, timed));
            for (; next < plan.Steps.Count && plan.Steps[next].Stage == i; next++)
            {
                var hold = plan.Steps[next].Hold;
                endless += hold.Indefinite ? 1 : 0;
                timed = Hold.Sum(timed, hold.Timed);
            }
        }
        return levels;
    }

    /// <summary>At once where the plan never says so: the new version then has all users without a plan.</summary>
    private static Level Reaching(List<Level> levels, double share)
    {
        foreach (var level in levels)
        {
            if (level.Share >= share - Tolerance)
                return level;
        }
        return new Level(share, 0, TimeSpan.Zero);
    }

    private static double LargestIncrease(ExposurePlan plan)
    {
        if (plan.Stages.Count < 2)
            return 100;
        var (largest, since) = (0.0, plan.Stages[0].Share);
        for (var i = 1; i < plan.Stages.Count; i++)
        {
            if (plan.Stages[i - 1].Hold.TakesTime)
                since = plan.Stages[i - 1].Share;
            if (!plan.Stages[i].IsGradual)
                largest = Math.Max(largest, plan.Stages[i].Share - since);
        }
        return largest;
    }
}
