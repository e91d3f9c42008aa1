using System.Globalization;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Manifests;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Formats;

/// <summary>
/// Workflow commands of GitHub Actions: annotations at the lines of a pull request. GitHub shows ten of a level a step, so what could not be read and
/// the
/// strictest come first; the rest stays readable in the step's log.
/// </summary>
internal static class CheckGitHub
{
    private const int ShownPerLevel = 10;

    public static void Write(TextWriter output, CheckReport report, FormatOptions options)
    {
        var commands = report
            .Errors.Select(e =>
                Command("error", options, e.File, e.Line is { } line ? new Position(line, e.Column ?? 1) : null, "not judged", e.Message)
            )
            .Concat(options.Shown(report).OrderByDescending(f => f.Judgement.Action).Select(f => Command(f, options)))
            .ToList();
        foreach (var (_, text) in commands)
            output.WriteLine(text);
        var hidden = commands.CountBy(c => c.Level).Sum(l => Math.Max(0, l.Value - ShownPerLevel));
        if (hidden > 0)
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"GitHub annotates {ShownPerLevel} of a level; {hidden} more {(hidden == 1 ? "stands" : "stand")} in this log only"
                )
            );
        output.WriteLine(CheckText.Summary(report, options));
    }

    private static (string Level, string Text) Command(LocatedFinding located, FormatOptions options)
    {
        var judgement = located.Judgement;
        var level = judgement.Action switch
        {
            GuardAction.Deny => "error",
            GuardAction.Warn => "warning",
            _ => "notice",
        };
        var because = Words.Of(judgement.Because) is { } word ? $" ({word})" : "";
        var remedy = judgement.Finding.Remedy is { } yaml ? $"\nwrite:\n{string.Join('\n', yaml.Split('\n').Select(FindingText.Line))}" : "";
        var rendered = located.Document.Source is null ? "" : $"\nrendered: {located.Place}";
        var message =
            $"{FindingText.Subject(located.Review)}, "
            + $"{FindingText.Line(judgement.Path.ToText())}\n{FindingText.Line(judgement.Finding.Message)}{rendered}{remedy}";
        return Command(
            level,
            options,
            located.Document.IsStored ? null : located.Document.Origin,
            located.IsElsewhere ? null : located.Position,
            $"{Words.Of(judgement.Action)}{because}: {judgement.Rule}",
            message
        );
    }

    private static (string Level, string Text) Command(
        string level,
        FormatOptions options,
        string? file,
        Position? position,
        string title,
        string message
    )
    {
        var properties = new List<string>();
        if (file is not null and not ManifestFiles.StandardInput)
        {
            properties.Add("file=" + Property(options.Root.PathOf(file)));
            if (position is { } at)
                properties.Add(string.Create(CultureInfo.InvariantCulture, $"line={at.Line},col={at.Column}"));
        }
        properties.Add("title=" + Property(title));
        var where =
            file == ManifestFiles.StandardInput && position is { } read
                ? string.Create(CultureInfo.InvariantCulture, $"line {read.Line} of standard input: ")
                : "";
        return (level, $"::{level} {string.Join(',', properties)}::{Data(where + message)}");
    }

    /// <summary>The runner takes these back, in this order and no others.</summary>
    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
