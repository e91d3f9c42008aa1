namespace AdmissionGuard.Plans;

/// <summary>Plans for people, in a terminal of 80 columns: table, chart, key figures, and of two the differences.</summary>
internal static class PlanText
{
    private const int Width = 80;
    private static readonly int[] Columns = [11, 7, 28, 26];

    public static void Write(TextWriter output, PlanReport report, bool colours)
    {
        for (var i = 0; i < report.Objects.Count; i++)
        {
            if (i > 0)
                output.WriteLine();
            WriteOne(output, report.Objects[i], report.Heading(i), PlanChart.PerSecond(report.OnOneScale(i)), colours);
        }
        if (report.Comparison is { } comparison)
            WriteComparison(output, comparison, colours);
        output.WriteLine();
        output.WriteLine(PlanWords.Unit);
    }

    private static void WriteOne(TextWriter output, PlannedObject planned, string heading, double perSecond, bool colours)
    {
        output.WriteLine(Bold(heading, colours));
        var place = planned.Place;
        var strategy = PlanWords.Strategy(planned.Plan);
        output.WriteLine(place.Length + strategy.Length + 2 <= Width ? $"{place}: {strategy}" : $"{place}\n{strategy}");
        output.WriteLine();
        WriteRow(output, "STEP", "SHARE", "FOR AT LEAST", "WHAT CAN STOP IT");
        var stages = planned.Timeline.Stages;
        foreach (var stage in stages)
            WriteRow(
                output,
                PlanWords.Step(planned, stage),
                PlanWords.Share(stage.Share),
                PlanWords.Lasts(stage, stage == stages[^1]),
                PlanWords.Stops(stage)
            );
        output.WriteLine();
        if (PlanWords.NoChart(planned.Timeline) is { } reason)
            output.WriteLine($"  {reason}");
        else
            new PlanChart(planned.Timeline, perSecond).Write(output, colours);
        output.WriteLine();
        foreach (var note in planned.Plan.Notes)
        {
            foreach (var line in Wrapping.Lines(note, Width - 4).Select((text, i) => (i == 0 ? "  * " : "    ") + text))
                output.WriteLine(line);
        }
        if (planned.Plan.Notes.Count > 0)
            output.WriteLine();
        foreach (var (name, text) in PlanWords.Figures(planned.Timeline))
        {
            var lines = Wrapping.Lines(text, Width - 23);
            for (var i = 0; i < lines.Count; i++)
                output.WriteLine($"  {(i == 0 ? name : ""), -19}  {lines[i]}");
        }
    }

    private static void WriteComparison(TextWriter output, PlanComparison comparison, bool colours)
    {
        output.WriteLine();
        output.WriteLine(Bold($"{"", -29}{"FIRST", -18}{"SECOND", -18}DIFFERENCE", colours));
        foreach (var row in comparison.Rows)
        {
            var first = Wrapping.Lines(row.First, 16);
            var second = Wrapping.Lines(row.Second, 16);
            for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
            {
                var figure = i == 0 ? row.Figure : "";
                var difference = i == 0 ? row.Difference : "";
                var line = $"  {figure, -27}{first.ElementAtOrDefault(i) ?? "", -18}{second.ElementAtOrDefault(i) ?? "", -18}{difference}";
                output.WriteLine(line.TrimEnd());
            }
        }
    }

    /// <summary>Cells that are too long go on below.</summary>
    private static void WriteRow(TextWriter output, params string[] cells)
    {
        var lines = cells.Select((c, i) => Wrapping.Lines(c, Columns[i])).ToArray();
        for (var i = 0; i < lines.Max(l => l.Count); i++)
        {
            var parts = lines.Select(l => l.ElementAtOrDefault(i) ?? "").ToArray();
            output.WriteLine(
                $"  {parts[0].PadRight(Columns[0])} {parts[1].PadLeft(Columns[1])}  {parts[2].PadRight(Columns[2])}  {parts[3]}".TrimEnd()
            );
        }
    }

    private static string Bold(string text, bool colours) => colours ? $"\e[1m{text}\e[0m" : text;
}
