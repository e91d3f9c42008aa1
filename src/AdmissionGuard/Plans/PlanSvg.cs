using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Plans;

/// <summary>Plans as one picture that stands alone: no script, no font and no file from elsewhere; dark where its reader is.</summary>
internal static class PlanSvg
{
    private const double Width = 760;
    private const double LineHeight = 18;
    private const double Margin = 24;
    private const double Column = 170;

    /// <summary>Characters of the common sans-serif fonts that surely fit beside the names of figures.</summary>
    private const int MostCharacters = 80;

    /// <summary>Colours by the names that <see cref="Classes"/> use.</summary>
    public const string Light = "--back:#fff;--text:#1f2328;--muted:#59636e;--grid:#d1d9e0;--line:#0969da;--gate:#9a6700;--watched:#1a7f37";

    public const string Dark = "--back:#0d1117;--text:#e6edf3;--muted:#9198a1;--grid:#3d444d;--line:#4493f8;--gate:#d29922;--watched:#3fb950";

    /// <summary>How the elements of <see cref="SvgChart"/> look.</summary>
    public static string Classes { get; } =
        JoinedLines.Of(
            """
            text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--text)}
            .back{fill:var(--back)}.title{font-size:16px;font-weight:600}.head{font-weight:600}.small,.muted{font-size:12px}\
            .muted,.name{fill:var(--muted)}
            .share{font-size:12px;font-weight:600;paint-order:stroke;stroke:var(--back);stroke-width:3px;stroke-linejoin:round}\
            .letter{font-size:12px;font-weight:600;fill:var(--gate)}
            .grid{stroke:var(--grid)}.axis{stroke:var(--muted)}.line{fill:none;stroke:var(--line);stroke-width:2}\
            .area{fill:var(--line);fill-opacity:.18}
            .gate{fill:url(#open)}.mark{fill:var(--back);stroke:var(--gate)}.hatch{stroke:var(--gate);stroke-opacity:.55;\
            stroke-width:1.5}.watched{fill:var(--watched)}
            .unknown{fill:var(--muted);fill-opacity:.25}
            """
        );

    /// <summary>What the class <c>gate</c> is filled with.</summary>
    public const string Pattern =
        """<defs><pattern id="open" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">"""
        + """<line x1="0" y1="0" x2="0" y2="6" class="hatch"/></pattern></defs>""";

    private static string Style { get; } =
        $$$"""
            <style>
            svg{{{{Light}}}}
            @media (prefers-color-scheme:dark){svg{{{{Dark}}}}}
            {{{Classes}}}
            </style>
            {{{Pattern}}}
            """;

    public static string Write(PlanReport report)
    {
        var svg = new SvgText();
        var y = 8.0;
        for (var i = 0; i < report.Objects.Count; i++)
            y = WriteOne(svg, y, report.Objects[i], report.Heading(i), SvgChart.PerSecond(report.OnOneScale(i)));
        if (report.Comparison is { } comparison)
            y = WriteComparison(svg, y, comparison);
        svg.Text(Margin, y += LineHeight, PlanWords.Unit, "muted");
        var height = SvgText.Number(y + Margin);
        var title = SvgText.Escape(
            $"Exposure of users: {string.Join(" and ", report.Objects.Take(2).Select(o => o.Title))}{(report.Objects.Count > 2 ? " and others" : "")}"
        );
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" role="img">
            <title>{title}</title>
            {Style}
            <rect width="100%" height="100%" class="back"/>
            {svg}</svg>

            """;
    }

    /// <summary>Returns where the next may begin.</summary>
    private static double WriteOne(SvgText svg, double y, PlannedObject planned, string heading, double perSecond)
    {
        svg.Text(Margin, y += 24, Core.Json.Shown.Clip(heading, MostCharacters), "title");
        foreach (var line in Wrapping.Lines($"{planned.Place}: {PlanWords.Strategy(planned.Plan)}", 105))
            svg.Text(Margin, y += LineHeight, line, "muted");
        if (PlanWords.NoChart(planned.Timeline) is { } reason)
            svg.Text(Margin, y += 2 * LineHeight, reason, "text");
        else
            y = WriteChart(svg, y, planned.Timeline, perSecond);
        y += 8;
        foreach (var (name, text) in PlanWords.Figures(planned.Timeline))
        {
            svg.Text(Margin, y + LineHeight, name, "name");
            foreach (var line in Wrapping.Lines(text, MostCharacters))
                svg.Text(Column, y += LineHeight, line, "text");
        }
        return y + LineHeight;
    }

    private static double WriteChart(SvgText svg, double y, ExposureTimeline timeline, double perSecond)
    {
        var chart = new SvgChart(svg, y, timeline, perSecond);
        chart.Draw();
        y += SvgChart.TotalHeight;
        foreach (var band in chart.Breaks)
        {
            y += LineHeight;
            svg.Text(SvgChart.Left + 4, y, $"{band.Mark}", "letter", "middle");
            svg.Text(SvgChart.Left + 20, y, $"at {PlanWords.Share(band.Share)} of users: {PlanWords.Ends(band.Stretch!.Value)}", "small");
        }
        if (timeline.Stretches.Any(s => s.IsWatched && s.IsTimed))
        {
            y += LineHeight;
            svg.Rectangle(SvgChart.Left, y - 6, 10, 4, "watched");
            svg.Text(SvgChart.Left + 20, y, "watched by the background analysis", "small");
        }
        return y;
    }

    private static double WriteComparison(SvgText svg, double y, PlanComparison comparison)
    {
        double[] columns = [Margin, 220, 420, 620];
        y += 26;
        foreach (var (x, text) in columns.Zip(["Compared", "First", "Second", "Difference"]))
            svg.Text(x, y, text, "head");
        foreach (var row in comparison.Rows)
        {
            var first = Wrapping.Lines(row.First, 26);
            var second = Wrapping.Lines(row.Second, 26);
            svg.Text(columns[0], y + LineHeight, row.Figure, "name");
            svg.Text(columns[3], y + LineHeight, row.Difference, "text");
            for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
            {
                y += LineHeight;
                if (i < first.Count)
                    svg.Text(columns[1], y, first[i], "text");
                if (i < second.Count)
                    svg.Text(columns[2], y, second[i], "text");
            }
        }
        return y + LineHeight;
    }
}
