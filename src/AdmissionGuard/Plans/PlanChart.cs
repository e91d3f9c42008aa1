using System.Text;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Plans;

/// <summary>Share of users over time in blocks of an eighth of a row, for 80 columns.</summary>
internal sealed class PlanChart
{
    private const int Rows = 10;
    private const int Columns = 70;
    private const int BreakWidth = 3;
    private const int Tail = 6;
    private const int MostNamed = 8;
    private const string Blocks = " ▁▂▃▄▅▆▇█";
    private const char Open = '▒';

    /// <summary>
    /// Of a column; by a hair beyond it, so that boundaries at a middle fall to one side whatever the rounding, and a break keeps its width.
    /// </summary>
    private const double Middle = 0.5 + 1e-6;

    private readonly ExposureTimeline timeline;
    private readonly ChartScale scale;

    public PlanChart(ExposureTimeline timeline, double perSecond)
    {
        this.timeline = timeline;
        scale = new ChartScale(timeline, perSecond, BreakWidth, Tail);
        Bands = [.. Enumerable.Range(0, (int)Math.Round(scale.Width)).Select(c => scale.Bands.First(b => c + Middle < b.To || b == scale.Bands[^1]))];
    }

    /// <summary>What each column shows: the share in its middle.</summary>
    public IReadOnlyList<ChartScale.Band> Bands { get; }

    /// <summary>Columns a second, for charts of the same scale.</summary>
    public static double PerSecond(IEnumerable<ExposureTimeline> timelines) => ChartScale.PerSecond(timelines, Columns, BreakWidth, Tail);

    public void Write(TextWriter output, bool colours)
    {
        for (var row = Rows - 1; row >= 0; row--)
        {
            var label = row switch
            {
                Rows - 1 => "  100 % ┤",
                (Rows / 2) - 1 => "   50 % ┤",
                _ => "        │",
            };
            var cells = string.Concat(Bands.Select(b => Cell(b, row))).TrimEnd();
            output.WriteLine(colours && cells.Length > 0 ? $"{label}\e[36m{cells}\e[0m" : label + cells);
        }
        WriteAxis(output);
        WriteLegend(output);
    }

    /// <summary>In eighths of a row. Any user at all is seen, and all users are never mistaken for nearly all.</summary>
    public static int Height(double share) =>
        share switch
        {
            <= 0 => 0,
            >= 100 => Rows * 8,
            _ => Math.Clamp((int)Math.Round(share * Rows * 8 / 100), 1, (Rows * 8) - 1),
        };

    private static char Cell(ChartScale.Band band, int row)
    {
        if (band.Share is not { } share)
            return row == 0 ? '?' : ' ';
        var eighths = Math.Clamp(Height(share) - (row * 8), 0, 8);
        return eighths == 8 && band.Mark is not null ? Open : Blocks[eighths];
    }

    private void WriteAxis(TextWriter output)
    {
        var line = new StringBuilder();
        var texts = new StringBuilder();
        for (var column = 0; column < Bands.Count; column++)
            line.Append(
                Bands[column] switch
                {
                    { Mark: not null } => '╌',
                    { Stretch.IsWatched: true } => '═',
                    _ => '─',
                }
            );
        foreach (var label in TimeAxis.Labels(scale, timeline.Length, Columns, 1))
        {
            var column = Math.Min((int)label.At, Bands.Count - 1);
            if (Bands[column].Mark is null)
                line[column] = line[column] == '═' ? '╤' : '┬'; // on a break it would pass for time
            texts.Append(' ', (int)label.Begin - texts.Length).Append(label.Text);
        }
        foreach (var band in scale.Bands.Where(b => b.Mark is not null))
            line[(int)((band.From + band.To) / 2)] = band.Mark!.Value;
        output.WriteLine($"    0 % └{line}");
        output.WriteLine($"         {texts}");
    }

    private void WriteLegend(TextWriter output)
    {
        var breaks = scale.Bands.Where(b => b.Mark is not null).ToList();
        foreach (var band in breaks.Take(MostNamed))
            output.WriteLine($"         {band.Mark}  at {PlanWords.Share(band.Share)} of users: {PlanWords.Ends(band.Stretch!.Value)}");
        if (breaks.Count > MostNamed)
            output.WriteLine($"         and {PlanWords.Number(breaks.Count - MostNamed)} more, as the table has them");
        if (timeline.Stretches.Any(s => s.IsWatched && s.Length > TimeSpan.Zero))
            output.WriteLine("         ═  watched by the background analysis");
    }
}
