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
}
