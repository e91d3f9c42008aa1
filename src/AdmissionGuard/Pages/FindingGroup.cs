using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;

namespace AdmissionGuard.Pages;

/// <summary>Findings of a namespace of which all is the same but the place: a reader reads them once.</summary>
internal sealed record FindingGroup
{
    public required string Namespace { get; init; }

    public required string Rule { get; init; }

    public required GuardAction Action { get; init; }

    public required GuardAction OriginalAction { get; init; }

    public required Because Because { get; init; }

    public required bool IsKnown { get; init; }

    /// <summary>Since the previous report.</summary>
    public required bool IsNew { get; init; }

    public required string Message { get; init; }

    public required string Remedy { get; init; }

    /// <summary>The lines of an <see cref="EditDiff"/>; empty where there is none.</summary>
    public required string Diff { get; init; }

    public static IEnumerable<IGrouping<FindingGroup, LocatedFinding>> Of(IEnumerable<LocatedFinding> findings, Trend? trend)
    {
        var added = (trend?.New ?? []).ToHashSet<object>(ReferenceEqualityComparer.Instance);
        return findings.GroupBy(f => Of(f, added.Contains(f)));
    }

    private static FindingGroup Of(LocatedFinding located, bool isNew)
    {
        var judgement = located.Judgement;
        var diff = EditDiff.Of(judgement, located.Document);
        var remedy = judgement.Finding.Remedy ?? "";
        if (diff?.EndsWith(remedy) == true)
            remedy = "";
        return new FindingGroup
        {
            Namespace = located.Review.Namespace,
            Rule = judgement.Rule,
            Action = judgement.Action,
            OriginalAction = judgement.OriginalAction,
            Because = judgement.Because,
            IsKnown = located.IsKnown,
            IsNew = isNew,
            Message = judgement.Finding.Message,
            Remedy = remedy,
            Diff = diff is null ? "" : string.Join('\n', diff.Lines),
        };
    }
}
