using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Output.Pages;

/// <summary>Findings of a namespace of which all is the same but the place: a reader reads them once.</summary>
/// <param name="IsNew">Since the previous report.</param>
/// <param name="Diff">The lines of an <see cref="EditDiff"/>; empty where there is none.</param>
internal sealed record FindingGroup(
    string Namespace,
    string Rule,
    GuardAction Action,
    GuardAction OriginalAction,
    Because Because,
    bool IsKnown,
    bool IsNew,
    string Message,
    string Remedy,
    string Diff
)
{
    public static IEnumerable<IGrouping<FindingGroup, Located>> Of(IEnumerable<Located> findings, Trend? trend)
    {
        var added = (trend?.New ?? []).ToHashSet<object>(ReferenceEqualityComparer.Instance);
        return findings.GroupBy(f => Of(f, added.Contains(f)));
    }

    private static FindingGroup Of(Located located, bool isNew)
    {
        var judgement = located.Judgement;
        var diff = EditDiff.Of(judgement, located.Document);
        var remedy = judgement.Finding.Remedy ?? "";
        if (diff?.EndsWith(remedy) == true)
            remedy = "";
        return new FindingGroup(
            located.Review.Namespace,
            judgement.Rule,
            judgement.Action,
            judgement.OriginalAction,
            judgement.Because,
            located.IsKnown,
            isNew,
            judgement.Finding.Message,
            remedy,
            diff is null ? "" : string.Join('\n', diff.Lines)
        );
    }
}
