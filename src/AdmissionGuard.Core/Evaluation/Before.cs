using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rollouts;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// The object as it is stored, judged by the same policy in the world as it is: what was wrong already is neither refused nor changed.
/// Judged only by the rules that found something in the new one, and once each.
/// </summary>
internal sealed class Before(Review review, Cluster cluster, RuleRunner runner)
{
    private readonly Dictionary<RuleSetting, IReadOnlyList<Finding>> found = new(ReferenceEqualityComparer.Instance);

    /// <summary>Null unless this is an UPDATE.</summary>
    public Subject? Subject { get; } =
        review.Operation == Operation.Update && review.OldObject.IsObject ? Evaluator.SubjectOf(review, review.OldObject, cluster.Settings) : null;

    /// <summary>A Rollout that is aborted, degraded or on its way: what is written now may be the way back.</summary>
    public bool IsInTrouble { get; } =
        review.Operation == Operation.Update && review.Kind == ObjectKind.Rollout && new RolloutStatus(review.OldObject["status"u8]).InTrouble;

    /// <summary>Whether the old object had this finding, and no less of it.</summary>
    public bool Had(RuleSetting setting, Finding finding) => Twin(setting, finding) is { } old && finding.Excess <= old.Excess;

    /// <summary>The finding's edit without what the old object lacked as well: what runs without a limit is reported, not changed.</summary>
    public Edit? OnlyWhatIsNew(RuleSetting setting, Finding finding)
    {
        if (finding.Edit is not { } edit || Twin(setting, finding) is not { } old) return finding.Edit;
        if (old.Edit is null) return null;
        return edit with { Leaves = [.. edit.Leaves.Where(leaf => !old.Edit.Leaves.Any(o => o.Path == leaf.Path))] };
    }

    private Finding? Twin(RuleSetting setting, Finding finding)
    {
        if (Subject is null) return null;
        if (!found.TryGetValue(setting, out var findings))
        {
            found[setting] = findings = runner.Run(setting, new Inspection(Subject, old: null, new View(cluster, null, default)));
        }
        foreach (var old in findings)
        {
            if (old.Key == finding.Key) return old;
        }
        return null;
    }
}
