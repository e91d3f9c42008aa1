using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Decisions;

/// <summary>What is said now of a request: by judging it, or as a decision log has it.</summary>
internal sealed record CurrentAnswer(bool Refused, bool Repaired, IReadOnlySet<(string Rule, string Path)> Told)
{
    public static CurrentAnswer Nothing { get; } = new(Refused: false, Repaired: false, new HashSet<(string, string)>());

    public static CurrentAnswer Of(Verdict verdict) =>
        new(
            !verdict.Allowed,
            verdict.Patch.Count > 0,
            verdict.Judgements.Where(j => j.Action is GuardAction.Warn or GuardAction.Deny).Select(j => (j.Rule, j.Path.ToString())).ToHashSet()
        );
}
