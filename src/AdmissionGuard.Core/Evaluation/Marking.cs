using System.Collections.Immutable;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// Sets, keeps and takes off the mark of what came in under an excuse. It stays as long as its rules find something, whoever removes it, and goes
/// when
/// they no longer do.
/// </summary>
internal static class Marking
{
    /// <summary>Whether there is a mark, or there may have to be one: only then is a request of <c>/mutate</c> judged as well.</summary>
    public static bool IsNeeded(Review review, BreakGlass? glass, bool isRollback) =>
        review.Operation != Operation.Delete
        && (isRollback || glass is { IsBroken: true } || AdmittedMark.ValueIn(review.Object).Exists || AdmittedMark.ValueIn(review.OldObject).Exists);

    /// <param name="judged">The verdict of the object as it would be stored.</param>
    /// <returns>Null where the annotation is right as it stands.</returns>
    public static MarkChange? Of(Review review, Verdict judged)
    {
        var admitted = judged.Judgements.Where(j => j.IsAdmitted).Select(j => j.Rule).ToImmutableSortedSet(StringComparer.Ordinal);
        var before = AdmittedMark.Of(review.OldObject);
        var found = judged.Judgements.Select(j => j.Rule).ToHashSet(StringComparer.Ordinal);
        var kept = before?.Rules.Where(found.Contains).ToImmutableSortedSet(StringComparer.Ordinal) ?? [];
        var rules = admitted.Union(kept);
        var present = AdmittedMark.ValueIn(review.Object);
        var hasMap = review.Object["metadata"u8]["annotations"u8].IsObject;
        if (rules.IsEmpty)
            return present.Exists ? new MarkChange(null, hasMap) : null;
        var mark = new AdmittedMark(By(), rules);
        return present.Text == mark.ToString() ? null : new MarkChange(mark.ToString(), hasMap);

        string By()
        {
            if (admitted.IsEmpty)
                return before!.By;
            return judged.BreakGlass is { IsBroken: true } ? AdmittedMark.Glass : AdmittedMark.Rollback;
        }
    }
}
