using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>What one step of a canary holds.</summary>
internal static class StepHold
{
    /// <summary>A canary's step. Weights, scales and header or mirror routes hold nothing (docs/facts/argo-rollouts.md#step-kinds).</summary>
    public static Hold Of(Node step, bool watched, Reader read)
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
    public static TimeSpan? PauseLength(Node duration, Reader read)
    {
        long? seconds;
        if (duration.Text is not { } text)
            seconds = read.Integer(duration);
        else if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            seconds = number;
        else
            seconds = Durations.TryParse(text, out var length) ? (long)length.TotalSeconds : null;
        return seconds is null or < 0 or > int.MaxValue ? null : TimeSpan.FromSeconds(Math.Min(seconds.Value, (long)Hold.Longest.TotalSeconds));
    }
}
