using System.Text;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Admission;

/// <summary>
/// What somebody reads whose apply was denied: every reason at once, each with its place, the value, the limit and what to write instead.
/// </summary>
internal static class Refusal
{
    /// <summary>More would bury the first; the count says that there are more.</summary>
    public const int Most = 20;

    public static IEnumerable<Judgement> Shown(Verdict verdict) => verdict.Judgements.Where(j => j.Action == GuardAction.Deny).Take(Most);

    public static string Text(Verdict verdict)
    {
        var denials = verdict.Judgements.Where(j => j.Action == GuardAction.Deny).ToList();
        var policies = denials.Select(j => j.Policy).Distinct(StringComparer.Ordinal).ToList();
        var text = new StringBuilder();
        text.Append(denials.Count)
            .Append(denials.Count == 1 ? " problem in " : " problems in ")
            .Append(FindingText.Subject(verdict.Review))
            .Append(policies.Count == 1 ? " (policy " : " (policies ")
            .AppendJoin(", ", policies)
            .Append(")\n\n");
        foreach (var judgement in denials.Take(Most))
            Append(text, judgement);
        if (denials.Count > Most)
            text.Append("  and ").Append(denials.Count - Most).Append(" more\n");
        text.Append("  why, parameters, exceptions:  admissionguard rules ").Append(denials[0].Rule);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Judgement judgement)
    {
        text.Append("  ").Append(judgement.Rule).Append("  ").Append(FindingText.Line(judgement.Path.ToText())).Append('\n');
        text.Append("    ").Append(FindingText.Line(judgement.Finding.Message)).Append('\n');
        FindingText.AppendRemedy(text, judgement.Finding.Remedy, "    ");
    }
}
