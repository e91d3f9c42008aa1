using System.Globalization;
using System.Text;
using AdmissionGuard.Core;

namespace AdmissionGuard.Output;

/// <summary>For people: a line that editors and terminals can follow, then place, reason and remedy.</summary>
internal static class CheckText
{
    /// <param name="audit">Whether findings that nobody is told of at admission are shown too; they are many.</param>
    public static void Write(TextWriter output, CheckReport report, bool colours, bool audit)
    {
        foreach (var finding in report.Findings)
        {
            if (audit || finding.Judgement.Action != GuardAction.Audit) output.Write(Finding(finding, colours));
        }
        if (report.Findings.Any(f => audit || f.Judgement.Action != GuardAction.Audit)) output.WriteLine();
        output.WriteLine(Summary(report, audit));
    }

    public static string Finding(Located located, bool colours)
    {
        var judgement = located.Judgement;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{located.Document.File}:{located.Position.Line}:{located.Position.Column}: ");
        text.Append(Colour(judgement.Action, colours)).Append(Words.Of(judgement.Action)).Append(colours ? "\e[0m" : "");
        if (Words.Of(judgement.Because) is { } because) text.Append(" (").Append(because).Append(')');
        text.Append("  ").Append(judgement.Rule).Append("  ").Append(Refusal.Subject(located.Review)).Append('\n');
        text.Append("    ").Append(Refusal.Line(judgement.Path.ToText())).Append('\n');
        text.Append("    ").Append(Refusal.Line(judgement.Finding.Message)).Append('\n');
        Refusal.AppendRemedy(text, judgement.Finding.Remedy, "    ");
        return text.ToString();
    }

    private static string Summary(CheckReport report, bool audit)
    {
        var hidden = report.Count(GuardAction.Audit);
        return string.Create(CultureInfo.InvariantCulture, $"{report.Documents} {Plural("document", report.Documents)}, {report.Reviewed} reviewed: ")
            + string.Create(CultureInfo.InvariantCulture, $"{report.Count(GuardAction.Deny)} deny, {report.Count(GuardAction.Warn)} warn, {report.Count(GuardAction.Fix)} fix, {hidden} audit")
            + (hidden > 0 && !audit ? " (--audit shows them)" : "")
            + (report.FixedFiles > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {report.Fixed} fixed in {report.FixedFiles} {Plural("file", report.FixedFiles)}") : "")
            + (report.Exempted > 0 ? string.Create(CultureInfo.InvariantCulture, $"; exceptions cover {report.Exempted} {Plural("finding", report.Exempted)}") : "")
            + (report.Excluded > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {report.Excluded} in excluded namespaces, not judged") : "")
            + (report.Errors.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {report.Errors.Count} {Plural("error", report.Errors.Count)}") : "");
    }

    private static string Plural(string noun, int count) => count == 1 ? noun : noun + "s";

    private static string Colour(GuardAction action, bool colours) => !colours ? "" : action switch
    {
        GuardAction.Deny => "\e[1;31m",
        GuardAction.Warn => "\e[33m",
        GuardAction.Fix => "\e[32m",
        _ => "\e[2m",
    };
}
