using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Findings;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Formats;

/// <summary>
/// A comment on a pull request: totals, a table a file, and what to write folded away. GitHub takes 65,536 characters and drops a longer comment
/// whole, so the
/// strictest are written and the rest is counted.
/// </summary>
internal static class CheckMarkdown
{
    /// <summary>Of all that is written; below GitHub's limit by what headings, summary and counts need.</summary>
    private const int Room = 60_000;

    /// <summary>What tables may take of it, so that there is room for remedies.</summary>
    private const int RoomForRows = 36_000;

    /// <summary>By this a bot finds its comment of the last push.</summary>
    private const string Marker = "<!-- admissionguard check -->";

    public static void Write(TextWriter output, CheckReport report, FormatOptions options)
    {
        var findings = options.Shown(report).ToList();
        var room = RoomForRows;
        var errors = Fitting(report.Errors, e => Error(e).Length, ref room);
        var files = new HashSet<string>(StringComparer.Ordinal);
        var strictest = Fitting(
            findings.OrderByDescending(f => f.Judgement.Action),
            f => Row(f).Length + (files.Add(f.Document.Origin) ? Heading(f.Document.Origin).Length : 0),
            ref room
        );
        var rows = findings.Where(strictest.ToHashSet<object>(ReferenceEqualityComparer.Instance).Contains).ToList();
        room += Room - RoomForRows;
        var withRemedy = strictest.Where(f => f.Judgement.Finding.Remedy is not null).ToList();
        var remedies = Fitting(withRemedy, f => Remedy(f).Length, ref room);

        output.Write($"{Marker}\n## AdmissionGuard: {Totals(report)}\n\n{MarkdownText.Of(CheckText.Summary(report, options))}\n");
        if (errors.Count > 0)
            output.Write("\n**Could not be judged**\n\n");
        foreach (var error in errors)
            output.Write(Error(error));
        output.Write(AndMore(report.Errors.Count - errors.Count, " that could not be judged"));
        foreach (var file in rows.GroupBy(f => f.Document.Origin, StringComparer.Ordinal))
        {
            output.Write(Heading(file.Key));
            foreach (var finding in file)
                output.Write(Row(finding));
        }
        output.Write(AndMore(findings.Count - rows.Count, ": run `admissionguard check` to see all"));
        if (remedies.Count == 0)
            return;
        output.Write("\n<details>\n<summary>What to write</summary>\n");
        foreach (var finding in remedies)
            output.Write(Remedy(finding));
        output.Write(AndMore(withRemedy.Count - remedies.Count, ": run `admissionguard check` to see all"));
        output.Write("\n</details>\n");
    }

    /// <summary>As many of the first as there is room for, which is then less.</summary>
    private static List<T> Fitting<T>(IEnumerable<T> all, Func<T, int> length, ref int room)
    {
        var fitting = new List<T>();
        foreach (var one in all)
        {
            var left = room - length(one);
            if (left < 0)
                break;
            room = left;
            fitting.Add(one);
        }
        return fitting;
    }

    private static string Totals(CheckReport report)
    {
        var counts = ((GuardAction[])[GuardAction.Deny, GuardAction.Warn, GuardAction.Fix])
            .Select(a => (Count: report.Count(a), Word: Words.Of(a)))
            .Where(a => a.Count > 0)
            .Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Count} {a.Word}"))
            .ToList();
        if (report.Known > 0)
            counts.Add(string.Create(CultureInfo.InvariantCulture, $"{report.Known} known"));
        if (report.Errors.Count > 0)
            counts.Add(string.Create(CultureInfo.InvariantCulture, $"{report.Errors.Count} not judged"));
        return counts.Count > 0 ? string.Join(", ", counts) : "nothing found";
    }

    private static string Heading(string file) => $"\n#### {MarkdownText.Code(file)}\n\n| | rule | place | |\n|---|---|---|---|\n";

    private static string Row(LocatedFinding located)
    {
        var judgement = located.Judgement;
        var action = judgement.Action == GuardAction.Deny ? "**deny**" : Words.Of(judgement.Action);
        var because = Words.Of(judgement.Because) is { } word ? $" ({word})" : "";
        var place = string.Create(
            CultureInfo.InvariantCulture,
            $"{Line(located)}{MarkdownText.Of(FindingText.Subject(located.Review))}<br>{MarkdownText.Code(FindingText.Line(judgement.Path.ToText()))}"
        );
        return $"| {action}{because} | {judgement.Rule} | {place} | {MarkdownText.Of(FindingText.Line(judgement.Finding.Message))} |\n";
    }

    private static string Line(LocatedFinding located)
    {
        if (located.Position is not { } at)
            return "";
        return string.Create(CultureInfo.InvariantCulture, $"{(located.IsElsewhere ? "rendered line" : "line")} {at.Line}, ");
    }

    private static string Error(ManifestError error) => $"- {MarkdownText.Of(FindingText.Line(error.ToString()))}\n";

    private static string Remedy(LocatedFinding located)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n{MarkdownText.Code(located.Document.Origin)} {Line(located)}{located.Judgement.Rule}, at "
                + $"{MarkdownText.Code(FindingText.Line(located.Judgement.Path.ToText()))}\n\n"
        );
        return text.Append(MarkdownText.Block(string.Join('\n', located.Judgement.Finding.Remedy!.Split('\n').Select(FindingText.Line)), "yaml"))
            .ToString();
    }

    private static string AndMore(int count, string what) =>
        count > 0 ? string.Create(CultureInfo.InvariantCulture, $"\nand {count} more{what}\n") : "";
}
