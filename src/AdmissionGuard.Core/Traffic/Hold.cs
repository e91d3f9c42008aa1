using System.Globalization;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Traffic;

/// <summary>What stands between one share of users and the next.</summary>
public readonly record struct Hold
{
    /// <summary>
    /// A hundred days: whoever waits for longer waits for ever, and all holds of an object that an API server takes add up to what a
    /// <see cref="TimeSpan"/> holds.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(100);

    /// <summary>The sum of the timed pauses, each in whole seconds; at most <see cref="Longest"/>.</summary>
    public TimeSpan Timed { get; init; }

    /// <summary>The part of them in which a background analysis runs.</summary>
    public TimeSpan Watched { get; init; }

    /// <summary>The length of the first pause that has one, for findings; absent where there is none.</summary>
    public Node Pause { get; init; }

    /// <summary>A pause until somebody promotes.</summary>
    public bool Indefinite { get; init; }

    /// <summary>The first of these pauses, or blue-green's <c>autoPromotionEnabled</c>; absent where there is none.</summary>
    public Node Gate { get; init; }

    public bool Analysis { get; init; }

    public bool Experiment { get; init; }

    /// <summary>A step plugin, which may gate.</summary>
    public bool Plugin { get; init; }

    /// <summary>Something outside is asked, and nothing goes on until it agrees.</summary>
    public bool Webhook { get; init; }

    /// <summary>At the end of the time metrics are checked, and nothing goes on while they are bad.</summary>
    public bool Check { get; init; }

    /// <summary>A background analysis runs meanwhile; it can stop the rollout only while something else takes time.</summary>
    public bool Background { get; init; }

    /// <summary>
    /// Something in it has the wrong type, which the reader has remembered, or a length that Argo calls invalid: nobody knows how long it holds.
    /// </summary>
    public bool Unreadable { get; init; }

    /// <summary>A step that ends only when somebody or something has judged.</summary>
    public bool Gated => Indefinite || Analysis || Experiment || Plugin || Webhook || Check;

    /// <summary>Gated, or watched by a background analysis for at least this long.</summary>
    public bool CanStop(TimeSpan atLeast) => Gated || (Background && (Watched >= atLeast || Unreadable));

    /// <summary>Both, one after the other.</summary>
    public Hold And(Hold later) =>
        new()
        {
            Timed = Sum(Timed, later.Timed),
            Watched = Sum(Watched, later.Watched),
            Pause = Pause.Exists ? Pause : later.Pause,
            Indefinite = Indefinite || later.Indefinite,
            Gate = Gate.Exists ? Gate : later.Gate,
            Analysis = Analysis || later.Analysis,
            Experiment = Experiment || later.Experiment,
            Plugin = Plugin || later.Plugin,
            Webhook = Webhook || later.Webhook,
            Check = Check || later.Check,
            Background = Background || later.Background,
            Unreadable = Unreadable || later.Unreadable,
        };

    /// <summary>No weight may follow before time has passed, something has judged, or nobody knows what.</summary>
    internal bool TakesTime => Timed > TimeSpan.Zero || Gated || Unreadable;

    /// <summary>At most <see cref="Longest"/>.</summary>
    internal static TimeSpan Sum(TimeSpan one, TimeSpan other) => other < Longest - one ? one + other : Longest;

    /// <summary>A canary's step. Weights, scales and header or mirror routes hold nothing (docs/facts/argo-rollouts.md#step-kinds).</summary>
    internal static Hold Of(Node step, bool watched, Reader read)
    {
        var hold = new Hold
        {
            Analysis = step["analysis"u8].Exists,
            Experiment = step["experiment"u8].Exists,
            Plugin = step["plugin"u8].Exists,
            Background = watched,
        };
        var pause = step["pause"u8];
        if (!pause.Exists)
            return hold;
        if (!read.Map(pause).IsObject)
            return hold with { Unreadable = true };
        var duration = pause["duration"u8];
        if (!duration.Exists)
            return hold with { Indefinite = true, Gate = pause };
        var length = PauseLength(duration, read);
        return hold with
        {
            Timed = length ?? default,
            Watched = watched ? length ?? default : default,
            Pause = duration,
            Unreadable = length is null,
        };
    }

    /// <summary>
    /// Seconds as a number or a text, or a Go duration, of which Argo drops the fraction of a second. Null for what Argo calls invalid
    /// (ARO types.go, RolloutPause.DurationSeconds: what it cannot read is -1, and below 0 is refused); the reader remembers only a wrong type.
    /// </summary>
    internal static TimeSpan? PauseLength(Node duration, Reader read)
    {
        long? seconds;
        if (duration.Text is not { } text)
            seconds = read.Integer(duration);
        else if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            seconds = number;
        else
            seconds = Durations.TryParse(text, out var length) ? (long)length.TotalSeconds : null;
        return seconds is null or < 0 ? null : TimeSpan.FromSeconds(Math.Min(seconds.Value, (long)Longest.TotalSeconds));
    }
}
