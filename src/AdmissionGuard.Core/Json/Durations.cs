using System.Buffers;
using System.Globalization;

namespace AdmissionGuard.Core.Json;

/// <summary>Durations in Go's syntax, as Istio, Argo and Flagger write them.</summary>
public static class Durations
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Of a number that is read without looking for a fraction: of hours, it is within what Go holds.</summary>
    private const int MostDigits = 6;

    /// <summary>What Go's nanoseconds in 64 bits hold, about 292 years: what is longer, no controller can read.</summary>
    private const decimal MostSeconds = long.MaxValue / 1e9m;

    /// <summary>
    /// Reads <c>300ms</c>, <c>1.5s</c>, <c>1h30m</c>, <c>0</c>, <c>-5s</c>; units ns, us, µs, ms, s, m, h. False beyond what Go holds.
    /// Exact to 100 ns; below that a duration is rounded, up where nothing would be left of it.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        if (TryParseWhole(text, out duration))
            return true;
        var sign = 1;
        if (text.Length > 0 && text[0] is '+' or '-')
        {
            if (text[0] == '-')
                sign = -1;
            text = text[1..];
        }
        if (text is "0")
            return true;
        if (text.Length == 0)
            return false;
        decimal seconds = 0;
        while (text.Length > 0)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            if (number > long.MaxValue)
                return false;
            text = text[digits..];
            var length = text.IndexOfAny(NumberCharacters);
            if (length < 0)
                length = text.Length;
            decimal? unit = text[..length] switch
            {
                "ns" => 1e-9m,
                "us" or "µs" or "μs" => 1e-6m,
                "ms" => 1e-3m,
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => null,
            };
            if (unit is null)
                return false;
            seconds += number * unit.Value;
            text = text[length..];
        }
        if (seconds > MostSeconds)
            return false;
        var ticks = (long)Math.Round(seconds * TimeSpan.TicksPerSecond);
        duration = TimeSpan.FromTicks(sign * (ticks == 0 && seconds > 0 ? 1 : ticks));
        return true;
    }

    /// <summary>What most are: a whole number of one unit, <c>30s</c>.</summary>
    private static bool TryParseWhole(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        var digits = 0;
        long number = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            number = (number * 10) + (text[digits++] - '0');
        if (digits is 0 or > MostDigits)
            return false;
        var ticks = text[digits..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => 0,
        };
        duration = TimeSpan.FromTicks(number * ticks);
        return ticks > 0;
    }

    /// <summary>The shortest common way to write it: <c>10m</c>, <c>1h30m</c>, <c>2s</c>, <c>50ms</c>. Reading it again gives the same.</summary>
    public static string Write(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";
        if (duration < TimeSpan.Zero)
            return "-" + Write(-duration);
        if (duration < TimeSpan.FromSeconds(1))
            return Number(duration.Ticks, TimeSpan.TicksPerMillisecond) + "ms";
        var text = "";
        if (duration.Ticks >= TimeSpan.TicksPerHour)
            text += $"{duration.Ticks / TimeSpan.TicksPerHour}h";
        if (duration.Minutes > 0)
            text += $"{duration.Minutes}m";
        var rest = duration.Ticks % TimeSpan.TicksPerMinute;
        return rest > 0 ? $"{text}{Number(rest, TimeSpan.TicksPerSecond)}s" : text;
    }

    private static string Number(long ticks, decimal unit) => (ticks / unit).ToString("0.#######", CultureInfo.InvariantCulture);
}
