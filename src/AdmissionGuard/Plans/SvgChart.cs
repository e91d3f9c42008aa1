using System.Text;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Plans;

/// <summary>One plan's step chart: share of users up, time to the right, breaks where a gate takes nobody knows how long.</summary>
internal sealed class SvgChart
{
    public const double Left = 76;
    public const double Right = 736;
    private const double Height = 200;
    private const double BreakWidth = 27;
    private const double Tail = 44;

    /// <summary>Above the plot: the marks of gates. Below: times and the axis' name.</summary>
    private const double Above = 50;
    private const double Below = 46;

    /// <summary>Gates stand out above all users, so that their marks are clear of the shares.</summary>
    private const double GateTop = 20;

    public const double TotalHeight = Above + Height + Below;

    private readonly SvgText svg;
    private readonly double top;
    private readonly ExposureTimeline timeline;
    private readonly ChartScale scale;

    public SvgChart(SvgText svg, double top, ExposureTimeline timeline, double perSecond)
    {
        this.svg = svg;
        this.top = top + Above;
        this.timeline = timeline;
        scale = new ChartScale(timeline, perSecond, BreakWidth, Tail);
    }

    /// <summary>Pixels a second, for charts of the same scale.</summary>
    public static double PerSecond(IEnumerable<ExposureTimeline> timelines) => ChartScale.PerSecond(timelines, Right - Left, BreakWidth, Tail);

    public IEnumerable<ChartScale.Band> Breaks => scale.Bands.Where(b => b.Mark is not null);

    private double Bottom => top + Height;

    public void Draw()
    {
        DrawAxes();
        foreach (var band in scale.Bands.Where(b => b.Share is null && b.To > b.From))
        {
            svg.Rectangle(Left + band.From, top, band.To - band.From, Height, "unknown");
            svg.Text(Left + ((band.From + band.To) / 2), top + (Height / 2), PlanWords.Share(null), "share", "middle");
        }
        foreach (var band in Breaks)
            svg.Rectangle(Left + band.From, top - GateTop, band.To - band.From, Height + GateTop, "gate");
        foreach (var run in Runs())
            DrawRun(run);
        foreach (var band in scale.Bands.Where(b => b.Stretch is { IsWatched: true, IsTimed: true }))
            svg.Rectangle(Left + band.From, Bottom, band.To - band.From, 4, "watched");
        foreach (var band in Breaks)
        {
            var x = Left + ((band.From + band.To) / 2);
            if (band.To - band.From >= 18)
                svg.Circle(x, top - GateTop - 10, 9, "mark");
            svg.Text(x, top - GateTop - 5.5, $"{band.Mark}", "letter", "middle");
        }
    }

    private void DrawAxes()
    {
        foreach (var share in (double[])[0, 25, 50, 75, 100])
        {
            svg.Line(Left, Y(share), Right, Y(share), share == 0 ? "axis" : "grid");
            svg.Text(Left - 8, Y(share) + 4, PlanWords.Share(share), "small", "end");
        }
        foreach (var label in TimeAxis.Labels(scale, timeline.Length, double.MaxValue, 7))
        {
            svg.Line(Left + label.At, Bottom, Left + label.At, Bottom + 6, "axis");
            svg.Text(Left + label.At, Bottom + 20, label.Text, "small", "middle");
        }
        svg.Text(Left, Bottom + 40, "time since the new version's pods are ready, gates not counted", "muted");
        svg.Add(
            $"<text x=\"22\" y=\"{SvgText.Number(top + (Height / 2))}\" class=\"muted\" text-anchor=\"middle\" transform=\"rotate(-90 22 "
                + $"{SvgText.Number(top + (Height / 2))})\">share of users</text>"
        );
    }

    /// <summary>Bands of known share that follow each other without one that is unknown between them.</summary>
    private IEnumerable<List<ChartScale.Band>> Runs()
    {
        var run = new List<ChartScale.Band>();
        foreach (var band in scale.Bands)
        {
            if (band.Share is not null)
            {
                run.Add(band);
                continue;
            }
            if (run.Count > 0)
                yield return run;
            run = [];
        }
        if (run.Count > 0)
            yield return run;
    }

    private void DrawRun(List<ChartScale.Band> run)
    {
        // a plan that is read from its beginning comes from 0 %
        var line = new StringBuilder($"M{X(run[0].From)} {SvgText.Number(run[0].From == 0 ? Bottom : Y(run[0].Share!.Value))}");
        foreach (var band in run)
            line.Append($"V{SvgText.Number(Y(band.Share!.Value))}H{X(band.To)}");
        svg.Path($"{line}V{SvgText.Number(Bottom)}H{X(run[0].From)}Z", "area");
        svg.Path(line.ToString(), "line");
        for (var i = 0; i < run.Count; )
        {
            var last = i;
            while (last + 1 < run.Count && run[last + 1].Share == run[i].Share)
                last++;
            var text = PlanWords.Share(run[i].Share);
            var from = run[i].From;
            var to = run[last].To;
            if (to - from >= (text.Length * 6.5) + 8)
                svg.Text(Left + ((from + to) / 2), Y(run[i].Share!.Value) - 6, text, "share", "middle");
            i = last + 1;
        }
    }

    private static string X(double at) => SvgText.Number(Left + at);

    private double Y(double share) => Bottom - (share / 100 * Height);
}
