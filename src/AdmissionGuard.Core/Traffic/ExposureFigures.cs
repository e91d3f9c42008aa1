namespace AdmissionGuard.Core.Traffic;

/// <summary>When a share of users is reached.</summary>
/// <param name="AtLeast">The timed pauses before it.</param>
/// <param name="Open">What stands before it too and takes nobody knows how long: gates, and steps that cannot be read.</param>
public sealed record Reach(TimeSpan AtLeast, IReadOnlyList<Stretch> Open);

/// <summary>
/// What a version that is bad from the first request on costs before something can stop it. The measure is the full-outage minute: all users for one
/// minute, or a tenth of them for ten.
/// </summary>
/// <param name="FullOutageMinutes">From timed pauses alone, so at least this.</param>
/// <param name="StoppedBy">The first that can stop it while it has users; null where nothing can but a person who watches.</param>
/// <param name="Share">Where that stands, and what each further minute costs; null where it cannot be read.</param>
/// <param name="BeforeUsers">A gate before the first user: it can stop what shows without users.</param>
/// <param name="IsIncomplete">Something on the way could not be read, and is not counted.</param>
public sealed record ExposureCost(double FullOutageMinutes, Gate? StoppedBy, double? Share, Gate? BeforeUsers, bool IsIncomplete)
{
    /// <summary>
    /// A background analysis that has seen a version for less than this has no measurement of it; rollout-step-increase judges by it too.
    /// </summary>
    public static readonly TimeSpan LeastWatch = TimeSpan.FromSeconds(30);

    internal static ExposureCost Of(IEnumerable<Stretch> stretches)
    {
        var minutes = 0.0;
        var watched = TimeSpan.Zero;
        Gate? before = null;
        var incomplete = false;
        foreach (var stretch in stretches)
        {
            incomplete |= stretch.IsUnreadable || stretch.Share is null;
            if (stretch.Gate is { } gate)
            {
                if (stretch.Share != 0)
                    return new ExposureCost(minutes, gate, stretch.Share, before, incomplete);
                before ??= gate;
            }
            if (stretch is { IsWatched: true, Share: not 0 })
            {
                var missing = LeastWatch - watched;
                if (stretch.Length >= missing)
                    return new ExposureCost(
                        minutes + (stretch with { Length = missing }).FullMinutes,
                        Gate.BackgroundAnalysis,
                        stretch.Share,
                        before,
                        incomplete
                    );
                watched += stretch.Length;
            }
            minutes += stretch.FullMinutes;
            if (!stretch.IsChecked)
                continue;
            if (stretch.Share != 0)
                return new ExposureCost(minutes, Gate.Check, stretch.Share, before, incomplete);
            before ??= Gate.Check;
        }
        return new ExposureCost(minutes, StoppedBy: null, 100, before, incomplete);
    }
}
