namespace AdmissionGuard.Findings;

/// <summary>
/// What changed since an earlier report. A finding is the same where rule, object and key are, else path; whatever its action is now.
/// </summary>
/// <param name="New">In the order of the report.</param>
/// <param name="Gone">In the order of the earlier one.</param>
/// <param name="Unchanged">How many were there and are.</param>
/// <param name="WithOtherAction">How many of these have another action now.</param>
internal sealed record Trend(
    EarlierReport Earlier,
    IReadOnlyList<LocatedFinding> New,
    IReadOnlyList<EarlierFinding> Gone,
    int Unchanged,
    int WithOtherAction
)
{
    public static Trend Of(CheckReport report, EarlierReport earlier)
    {
        var byKey = earlier.HasKeys;
        var left = earlier
            .Findings.GroupBy(f => (f.Cluster, f.Rule, f.Kind, f.Namespace, f.Name, byKey ? f.Key! : f.Path))
            .ToDictionary(g => g.Key, g => new Queue<EarlierFinding>(g));
        var added = new List<LocatedFinding>();
        var otherAction = 0;
        foreach (var located in report.Findings)
        {
            var judgement = located.Judgement;
            var review = located.Review;
            var identity = (
                located.Document.IsStored ? located.Document.File : null,
                judgement.Rule,
                review.Kind!.Name,
                review.Namespace,
                review.Name,
                byKey ? judgement.Finding.Key : judgement.Path.ToString()
            );
            if (!left.TryGetValue(identity, out var before) || !before.TryDequeue(out var was))
                added.Add(located);
            else if (was.Action != Core.Terms.Words.Of(judgement.Action))
                otherAction++;
        }
        var gone = left.Values.SelectMany(q => q).ToHashSet<object>(ReferenceEqualityComparer.Instance);
        return new Trend(earlier, added, [.. earlier.Findings.Where(gone.Contains)], earlier.Findings.Count - gone.Count, otherAction);
    }
}
