using AdmissionGuard.Core.Json;
using AdmissionGuard.Findings;

namespace AdmissionGuard.Formats;

/// <summary>
/// What is said of a case, as its <c>.expected</c> file holds it: all that <c>check --audit</c> prints, notices and errors behind it, with files
/// named from the case's folder.
/// </summary>
internal static class CaseText
{
    public static string Of(CheckReport report, string folder)
    {
        var text = new StringWriter { NewLine = "\n" };
        CheckText.Write(text, report, new FormatOptions(new SourceRoot(folder), Audit: true));
        foreach (var notice in report.Notices)
            text.WriteLine(Shown.Clean(notice));
        foreach (var error in report.Errors)
            text.WriteLine(Shown.Clean(error.ToString()));
        var prefix = folder.Length == 0 || folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar;
        return prefix.Length == 0 ? text.ToString() : text.ToString().Replace(prefix, "", StringComparison.Ordinal);
    }
}
