namespace AdmissionGuard.Plans;

/// <summary>Lines of at most a width, broken at spaces but not before a percent sign; a longer word stands alone and is cut.</summary>
internal static class Wrapping
{
    private const string Percent = "\u00a0%";

    public static IReadOnlyList<string> Lines(string text, int width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Replace(" %", Percent, StringComparison.Ordinal).Split(' '))
        {
            var cut = Core.Json.Shown.Clip(word.Replace(Percent, " %", StringComparison.Ordinal), width);
            if (line.Length > 0 && line.Length + cut.Length + 1 > width)
            {
                lines.Add(line);
                line = "";
            }
            line += line.Length == 0 ? cut : " " + cut;
        }
        lines.Add(line);
        return lines;
    }
}
