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
        if (verdict.Review.Operation == Operation.Delete)
            AppendTeardown(text, verdict.Review);
        text.Append("  why, parameters, exceptions:  admissionguard rules ").Append(denials[0].Rule);
        return text.ToString();
    }

    /// <summary>Deletions come one by one, and nobody knows at the first that the rest will follow: so the denial says how to say it.</summary>
    private static void AppendTeardown(StringBuilder text, Review review)
    {
        var what = review.Kind!.Name.ToLowerInvariant();
        var where = review.Namespace.Length == 0 ? "" : $" -n {FindingText.Line(review.Namespace)}";
        text.Append("  to take the whole app down, delete the Rollout or Canary first, then the VirtualService, then the DestinationRule; ")
            .Append("or say beforehand that it goes:\n")
            .Append("    kubectl annotate ")
            .Append(what)
            .Append(' ')
            .Append(FindingText.Line(review.Name))
            .Append(where)
            .Append(' ')
            .Append(Teardown.Annotation)
            .Append("=\"")
            .Append(Teardown.Offer(review.Now))
            .Append(" REASON IN A FEW WORDS\"\n")
            .Append("    (on the Namespace it counts for all that is in it; it ends by itself, after an hour at most)\n");
    }

    private static void Append(StringBuilder text, Judgement judgement)
    {
        text.Append("  ").Append(judgement.Rule).Append("  ").Append(FindingText.Line(judgement.Path.ToText())).Append('\n');
        text.Append("    ").Append(FindingText.Line(judgement.Finding.Message)).Append('\n');
        FindingText.AppendRemedy(text, judgement.Finding.Remedy, "    ");
    }
}
