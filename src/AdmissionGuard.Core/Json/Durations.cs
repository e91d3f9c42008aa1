using System.Buffers;
using System.Globalization;

namespace AdmissionGuard.Core.Json;

/// <summary>Durations in Go's syntax, as Istio, Argo and Flagger write them.</summary>
public static class Durations
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads <c>300ms</c>, <c>1.5s</c>, <c>1h30m</c>, <c>0</c>, <c>-5s</c>; units ns, us, µs, ms, s, m, h. False beyond what a TimeSpan holds.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        var sign = 1;
        if (text.Length > 0 && text[0] is '+' or '-')
        {
            if (text[0] == '-') sign = -1;
            text = text[1..];
        }
        if (text is "0") return true;
        if (text.Length == 0) return false;
        double seconds = 0;
        while (text.Length > 0)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            text = text[digits..];
            var length = text.IndexOfAny(NumberCharacters);
            if (length < 0) length = text.Length;
            double? unit = text[..length] switch
            {
                "ns" => 1e-9,
                "us" or "µs" or "μs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => null,
            };
            if (unit is null) return false;
            seconds += number * unit.Value;
            text = text[length..];
        }
        if (seconds > 9e11) return false;
        duration = TimeSpan.FromTicks(sign * (long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>The shortest common way to write it: <c>10m</c>, <c>1h30m</c>, <c>2s</c>, <c>50ms</c>.</summary>
    public static string Write(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        if (duration < TimeSpan.Zero) return "-" + Write(-duration);
        if (duration < TimeSpan.FromSeconds(1)) return Number(duration.TotalMilliseconds) + "ms";
        var text = "";
        var hours = (long)duration.TotalHours;
        if (hours > 0) text += $"{hours}h";
        if (duration.Minutes > 0) text += $"{duration.Minutes}m";
        var seconds = duration.TotalSeconds - (hours * 3600) - (duration.Minutes * 60);
        return seconds > 0.0005 ? $"{text}{Number(seconds)}s" : text;
    }

    private static string Number(double value) => Math.Round(value, 3).ToString(CultureInfo.InvariantCulture);
}
