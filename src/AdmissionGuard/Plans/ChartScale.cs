using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Plans;

/// <summary>
/// Where the stretches of a plan stand on a chart's axis, in columns or pixels: time to scale, what takes nobody knows how long as a break of fixed
/// width, and at the end the last share for a while.
/// </summary>
internal sealed class ChartScale
{
    /// <summary>Of breaks; with more a chart shows nothing.</summary>
    private const int Most = 40;

    private const int MostOfFullWidth = 10;

    /// <param name="Share">Null where it cannot be read.</param>
    /// <param name="Stretch">Null after the rollout.</param>
    /// <param name="Mark">Names a break.</param>
    internal sealed record Band(double? Share, double From, double To, Stretch? Stretch, char? Mark);

    private readonly List<Band> bands = [];

    /// <param name="perSecond">From <see cref="PerSecond"/>, so that several charts have one scale.</param>
    /// <param name="breakWidth">Of one break; a third of it where there are many.</param>
    /// <param name="tail">The width after the end.</param>
    public ChartScale(ExposureTimeline timeline, double perSecond, double breakWidth, double tail)
    {
        var at = 0.0;
        var breaks = 0;
        breakWidth = BreakWidth(timeline, breakWidth);
        foreach (var stretch in timeline.Stretches)
        {
            var width = stretch.IsTimed ? stretch.Length.TotalSeconds * perSecond : breakWidth;
            bands.Add(new Band(stretch.Share, at, at + width, stretch, stretch.IsTimed ? null : Name(breaks++)));
            at += width;
        }
        bands.Add(new Band(timeline.Stages[^1].Share, at, at + (at == 0 ? 3 * tail : tail), null, null));
    }

    /// <summary>In order, without gaps, from 0; the last is after the rollout.</summary>
    public IReadOnlyList<Band> Bands => bands;

    public double Width => bands[^1].To;

    /// <summary>Breaks without a name of their own would say nothing.</summary>
    public static bool Fits(ExposureTimeline timeline) => Breaks(timeline) <= Most;

    /// <summary>The width of a second with which each of these plans fits into <paramref name="width"/>.</summary>
    public static double PerSecond(IEnumerable<ExposureTimeline> timelines, double width, double breakWidth, double tail)
    {
        var most = double.MaxValue;
        foreach (var timeline in timelines)
        {
            var free = width - tail - (Breaks(timeline) * BreakWidth(timeline, breakWidth));
            if (timeline.Length > TimeSpan.Zero && Fits(timeline))
                most = Math.Min(most, free / timeline.Length.TotalSeconds);
        }
        return most;
    }

    /// <summary>Where a time stands: before the breaks at it.</summary>
    public double At(TimeSpan time)
    {
        foreach (var band in bands)
        {
            if (band.Stretch is not { } stretch || (!stretch.IsTimed && time <= stretch.Start))
                return band.From;
            if (stretch.IsTimed && time <= stretch.End)
                return band.From + ((band.To - band.From) * ((time - stretch.Start) / stretch.Length));
        }
        return Width;
    }

    private static int Breaks(ExposureTimeline timeline) => timeline.Stretches.Count(s => !s.IsTimed);

    private static double BreakWidth(ExposureTimeline timeline, double full) => Breaks(timeline) > MostOfFullWidth ? full / 3 : full;

    private static char Name(int index) => index < 26 ? (char)('A' + index) : (char)('a' + ((index - 26) % 26));
}
