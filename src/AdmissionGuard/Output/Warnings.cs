using AdmissionGuard.Core;
using AdmissionGuard.Core.Evaluation;

namespace AdmissionGuard.Output;

/// <summary>What kubectl shows as «Warning:». The API server wants short lines and few of them: it cuts and drops what is more (facts 8.1).</summary>
internal static class Warnings
{
    public const int LineLength = 120;
    public const int TotalLength = 4096;

    public static IReadOnlyList<string> Of(Verdict verdict)
    {
        if (verdict.Judgements.Count == 0 && verdict.TypeFaults.Count == 0) return [];
        var lines = new List<string>();
        var room = TotalLength - LineLength;
        var left = 0;
        foreach (var text in Texts(verdict))
        {
            var wrapped = Wrap(text);
            var length = wrapped.Sum(l => l.Length);
            if (left > 0 || length > room)
            {
                left++;
                continue;
            }
            room -= length;
            lines.AddRange(wrapped);
        }
        if (left > 0) lines.Add($"and {left} more: run admissionguard check on the manifest to see all");
        return lines;
    }

    private static IEnumerable<string> Texts(Verdict verdict)
    {
        foreach (var judgement in verdict.Judgements)
        {
            if (judgement.Action == GuardAction.Fix) yield return $"{judgement.Rule}: default injected at {judgement.Path.ToText()} ({judgement.Finding.Message})";
            if (judgement.Action == GuardAction.Warn) yield return $"{judgement.Rule}: {judgement.Path.ToText()}: {judgement.Finding.Message}{Why(judgement)}";
        }
        foreach (var fault in verdict.TypeFaults) yield return $"{fault.Rule}: {fault.Path.ToText()}: {fault.Message}, not judged";
    }

    private static string Why(Judgement judgement) => judgement.Because switch
    {
        Because.Ratchet => " (was so before this change)",
        Because.Direction => " (let through: it may be the way back)",
        Because.Mode => " (would be denied if the policy were enforced)",
        _ => "",
    };

    /// <summary>Breaks at spaces; what follows is indented. No line end and no control character goes out.</summary>
    private static List<string> Wrap(string text)
    {
        text = Shown.Clean(text);
        var lines = new List<string>();
        var indent = "";
        while (indent.Length + text.Length > LineLength)
        {
            var room = LineLength - indent.Length;
            var at = text.LastIndexOf(' ', room);
            if (at <= 0) at = room;
            lines.Add(indent + text[..at].TrimEnd());
            text = text[at..].TrimStart();
            indent = "  ";
        }
        lines.Add(indent + text);
        return lines;
    }
}
