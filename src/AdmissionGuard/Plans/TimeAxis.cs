using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Plans;

/// <summary>The times that are written below a chart: round ones, and the end.</summary>
internal static class TimeAxis
{
    private const int Most = 6;

    private static readonly int[] RoundSeconds =
    [
        1,
        2,
        5,
        10,
        15,
        30,
        60,
        2 * 60,
        5 * 60,
        10 * 60,
        15 * 60,
        30 * 60,
        3600,
        2 * 3600,
        3 * 3600,
        6 * 3600,
        12 * 3600,
        86400,
        2 * 86400,
        7 * 86400,
        14 * 86400,
        30 * 86400,
        90 * 86400,
    ];

    /// <param name="At">Where the time stands.</param>
    /// <param name="Begin">Where its text begins, which may be earlier at the right end.</param>
    internal sealed record Label(double At, double Begin, string Text);

    /// <summary>In order. The end comes first where two would overlap.</summary>
    /// <param name="width">Where texts end, in the scale's unit.</param>
    /// <param name="character">The width of a character.</param>
    public static IReadOnlyList<Label> Labels(ChartScale scale, TimeSpan length, double width, double character)
    {
        var labels = new List<Label> { Of(length) };
        var step = RoundSeconds.FirstOrDefault(s => s * Most >= length.TotalSeconds, RoundSeconds[^1]);
        for (var seconds = 0L; seconds < length.TotalSeconds; seconds += step)
        {
            var label = Of(TimeSpan.FromSeconds(seconds));
            if (labels.TrueForAll(l => End(label) <= l.Begin || End(l) <= label.Begin))
                labels.Add(label);
        }
        labels.Sort((a, b) => a.At.CompareTo(b.At));
        return labels;

        Label Of(TimeSpan time)
        {
            var text = time == TimeSpan.Zero ? "0" : Durations.Write(time);
            return new Label(scale.At(time), Math.Min(scale.At(time), width - (text.Length * character)), text);
        }

        double End(Label label) => label.Begin + ((label.Text.Length + 1) * character);
    }
}
