namespace AdmissionGuard.Core.Traffic;

/// <summary>What can stop a new version at a share of users.</summary>
public enum Gate
{
    /// <summary>A pause without duration: somebody promotes or aborts.</summary>
    Promotion,

    Analysis,

    Experiment,

    /// <summary>A step plugin, which may gate.</summary>
    Plugin,

    /// <summary>Something outside that has to agree.</summary>
    Webhook,

    /// <summary>Metrics that are checked at the end of a stretch of time, which takes none itself.</summary>
    Check,

    /// <summary>An analysis that runs meanwhile, once it has watched for long enough.</summary>
    BackgroundAnalysis,
}

/// <summary>
/// A stretch of a rollout in which the share of users stays the same: to its end time passes, or a gate opens, which takes nobody knows how long.
/// </summary>
/// <param name="Share">Percent of users, 0 to 100; null where it cannot be read.</param>
/// <param name="Start">Since the new version's pods are ready. What gates take, and pods to start, is not in it.</param>
/// <param name="Length">Zero unless it is timed.</param>
public readonly record struct Stretch(double? Share, TimeSpan Start, TimeSpan Length)
{
    /// <summary>What ends it; null where time does, or something that cannot be read.</summary>
    public Gate? Gate { get; init; }

    /// <summary>A background analysis runs meanwhile.</summary>
    public bool IsWatched { get; init; }

    /// <summary>Metrics are checked at its end.</summary>
    public bool IsChecked { get; init; }

    /// <summary>A step of the wrong type stands here: nobody knows how long it takes.</summary>
    public bool IsUnreadable { get; init; }

    public bool IsTimed => Gate is null && !IsUnreadable;

    public TimeSpan End => Start + Length;

    /// <summary>
    /// What it takes of all users' time, in minutes in which all of them are on the new version; what cannot be read counts for nothing.
    /// </summary>
    public double FullMinutes => (Share ?? 0) / 100 * Length.TotalMinutes;
}
