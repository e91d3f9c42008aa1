using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Texts;

/// <summary>How every answer and every format writes what a user wrote, which object it is about, and what to write instead.</summary>
internal static class FindingText
{
    private const int LineLength = 400;

    /// <summary>Texts that hold what a user wrote: on one line, and no longer than somebody reads.</summary>
    public static string Line(string text) => Shown.Clip(text, LineLength);

    /// <summary>Kind, namespace and name, as kubectl's users write them.</summary>
    public static string Subject(Review review) => Line($"{review.Kind} {(review.Namespace.Length > 0 ? review.Namespace + "/" : "")}{review.Name}");

    /// <summary>The lines to write, each under the first.</summary>
    public static void AppendRemedy(StringBuilder text, string? remedy, string indent)
    {
        if (remedy is null)
            return;
        var lead = "write:  ";
        foreach (var line in remedy.Split('\n'))
        {
            text.Append(indent).Append(lead).Append(Line(line)).Append('\n');
            lead = "        ";
        }
    }
}
