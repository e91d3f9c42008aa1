using AdmissionGuard.Findings;
using AdmissionGuard.Formats;
using AdmissionGuard.Pages;

namespace AdmissionGuard.Commands.Options;

/// <summary>The formats that a report is written in, by the name that <c>--output</c> takes; the first is what people get who ask for none.</summary>
internal static class ReportFormats
{
    internal delegate void Write(TextWriter output, CheckReport report, FormatOptions options);

    private static readonly (string Name, Write Write)[] Known =
    [
        ("text", CheckText.Write),
        ("json", CheckJson.Write),
        ("sarif", CheckSarif.Write),
        ("junit", CheckJUnit.Write),
        ("github", CheckGitHub.Write),
        ("markdown", CheckMarkdown.Write),
        ("html", CheckHtml.Write),
    ];

    public static string[] Names { get; } = [.. Known.Select(f => f.Name)];

    public static string Default => Names[0];

    /// <param name="name">One of <see cref="Names"/>.</param>
    public static Write Of(string name) => Known.Single(f => f.Name == name).Write;
}
