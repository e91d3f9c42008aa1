using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Admission;

/// <summary>
/// What kubectl shows as «Warning:». The API server wants short lines and few of them: it cuts and drops what is more
/// (docs/facts/kubernetes-admission.md#warnings).
/// </summary>
internal static class Warnings
{
    public const int LineLength = 120;
    public const int TotalLength = 4096;

    public static IReadOnlyList<string> Of(Verdict verdict)
    {
        if (verdict is { Judgements.Count: 0, TypeFaults.Count: 0, Exceptions.Count: 0, BreakGlass: null, Teardown: null, Review.Actor.ActsAs: null })
            return [];
        var lines = new List<string>();
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var said = new HashSet<string>(StringComparer.Ordinal);
        var room = TotalLength - LineLength;
        var taken = 0;
        var notices = verdict.Notices.ToList();
        foreach (var text in notices.Concat(Texts(verdict)))
        {
            var clean = Shown.Clean(text);
            if (texts.Add(clean))
            {
                var wrapped = Wrap(clean, said);
                var length = wrapped.Sum(l => l.Length);
                if (length > room)
                    break;
                room -= length;
                lines.AddRange(wrapped);
                said.UnionWith(wrapped);
            }
            taken++;
        }
        var told = verdict.Judgements.Count(j => j.Action == GuardAction.Fix || (j.Action == GuardAction.Warn && !MayFollow(verdict, j)));
        var left = notices.Count + verdict.TypeFaults.Count + told - taken;
        if (left > 0)
            lines.Add($"and {left} more: run admissionguard check on the manifest to see all");
        return lines;
    }

    private static IEnumerable<string> Texts(Verdict verdict)
    {
        foreach (var judgement in verdict.Judgements)
        {
            if (judgement.Action == GuardAction.Fix)
                yield return $"{judgement.Rule}: default injected at {Place(judgement.Path)} ({FindingText.Line(judgement.Finding.Message)})";
            if (judgement.Action == GuardAction.Warn && !MayFollow(verdict, judgement))
                yield return $"{judgement.Rule}: {Place(judgement.Path)}: {FindingText.Line(judgement.Finding.Message)}{Why(judgement)}";
        }
        foreach (var fault in verdict.TypeFaults)
            yield return $"{fault.Rule}: {Place(fault.Path)}: {FindingText.Line(fault.Message)}, not judged";
    }

    /// <summary>
    /// What an object that is created lacks may be the next document of the same apply: nobody is told, and what still lacks later stands in reports
    /// and in the audit (docs/facts/kubernetes-admission.md#apply-order).
    /// </summary>
    private static bool MayFollow(Verdict verdict, Judgement judgement) =>
        judgement.Finding.RestsOnAbsence && verdict.Review.Operation == Operation.Create;

    private static string Place(Pointer path) => FindingText.Line(path.ToText());

    private static string Why(Judgement judgement) =>
        judgement.Because switch
        {
            Because.Ratchet => " (was so before this change)",
            Because.Direction => " (let through: it may be a rollback, or it loosens nothing)",
            Because.BreakGlass => " (let through: the glass is broken)",
            Because.Mode => " (would be denied if the policy were enforced)",
            _ => "",
        };

    /// <summary>
    /// The API server drops a line that was said before: where the end of a text is the same as another's, it goes a space further in.
    /// </summary>
    private static List<string> Wrap(string text, HashSet<string> said)
    {
        for (var indent = 2; ; indent++)
        {
            var lines = Wrap(text, new string(' ', indent));
            if (indent > LineLength / 2 || !lines.Any(said.Contains))
                return lines;
        }
    }

    /// <summary>Breaks at spaces, else between characters; what follows is indented.</summary>
    private static List<string> Wrap(string text, string indentation)
    {
        var lines = new List<string>();
        var indent = "";
        while (indent.Length + text.Length > LineLength)
        {
            var room = LineLength - indent.Length;
            var at = text.LastIndexOf(' ', room);
            if (at <= 0)
                at = char.IsHighSurrogate(text[room - 1]) ? room - 1 : room;
            lines.Add(indent + text[..at].TrimEnd());
            text = text[at..].TrimStart();
            indent = indentation;
        }
        lines.Add(indent + text);
        return lines;
    }
}
