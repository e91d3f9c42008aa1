using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Formats;

/// <summary>For people: a line that editors and terminals can follow, then place, reason and remedy.</summary>
internal static class CheckText
{
    public static void Write(TextWriter output, CheckReport report, FormatOptions options)
    {
        var known = report.Findings.Where(f => f.IsKnown).ToList();
        foreach (var finding in known)
            output.Write(Headline(finding, options.Colours));
        if (known.Count > 0)
            output.WriteLine();
        var shown = options.Shown(report).ToList();
        foreach (var finding in shown)
            output.Write(Finding(finding, options.Colours));
        if (shown.Count > 0)
            output.WriteLine();
        output.WriteLine(Summary(report, options));
    }

    public static string Finding(LocatedFinding located, bool colours)
    {
        var judgement = located.Judgement;
        var text = new StringBuilder(Headline(located, colours));
        text.Append("    ").Append(FindingText.Line(judgement.Path.ToText())).Append('\n');
        text.Append("    ").Append(FindingText.Line(judgement.Finding.Message)).Append('\n');
        FindingText.AppendRemedy(text, judgement.Finding.Remedy, "    ");
        return text.ToString();
    }

    /// <summary>Where, the result, which rule and which object, in one line; of a known finding this says enough.</summary>
    private static string Headline(LocatedFinding located, bool colours)
    {
        var judgement = located.Judgement;
        var action = Words.Of(judgement.Action);
        var text = new StringBuilder();
        text.Append(located.Place).Append(": ");
        text.Append(Colour(located.IsKnown ? GuardAction.Audit : judgement.Action, colours))
            .Append(located.IsKnown ? "known" : action)
            .Append(colours ? "\e[0m" : "");
        if (located.IsKnown)
            text.Append(" (").Append(action).Append(')');
        else if (Words.Of(judgement.Because) is { } because)
            text.Append(" (").Append(because).Append(')');
        return text.Append("  ").Append(judgement.Rule).Append("  ").Append(FindingText.Subject(located.Review)).Append('\n').ToString();
    }

    /// <summary>What was looked at and what was found, in one line.</summary>
    public static string Summary(CheckReport report, FormatOptions options)
    {
        var hidden = report.Count(GuardAction.Audit);
        return string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Documents} {Plural(report.IsOfClusters ? "object" : "document", report.Documents)}, {report.Reviewed} reviewed: "
            )
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Count(GuardAction.Deny)} deny, {report.Count(GuardAction.Warn)} warn, {report.Count(GuardAction.Fix)} fix, {hidden} audit"
            )
            + (hidden > 0 && !options.Audit ? " (--audit shows them)" : "")
            + (report.Known > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {report.Known} known, not counted") : "")
            + (
                report.FixedFiles > 0
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"; {report.Fixed} fixed in {report.FixedFiles} {Plural("file", report.FixedFiles)}"
                    )
                    : ""
            )
            + (
                report.Exempted > 0
                    ? string.Create(CultureInfo.InvariantCulture, $"; exceptions cover {report.Exempted} {Plural("finding", report.Exempted)}")
                    : ""
            )
            + (report.Excluded > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {report.Excluded} in excluded namespaces, not judged") : "")
            + (
                report.Errors.Count > 0
                    ? string.Create(CultureInfo.InvariantCulture, $"; {report.Errors.Count} {Plural("error", report.Errors.Count)}")
                    : ""
            );
    }

    public static string Plural(string noun, int count) => count == 1 ? noun : noun + "s";

    private static string Colour(GuardAction action, bool colours) =>
        !colours
            ? ""
            : action switch
            {
                GuardAction.Deny => "\e[1;31m",
                GuardAction.Warn => "\e[33m",
                GuardAction.Fix => "\e[32m",
                _ => "\e[2m",
            };
}
