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

    private (RuleSetting Setting, ILookup<string, Finding> ByKey)? twins;

    /// <summary>Null unless this is an UPDATE.</summary>
    public Subject? Subject { get; } =
        review.Operation == Operation.Update && review.OldObject.IsObject ? Evaluator.SubjectOf(review, review.OldObject, cluster.Settings) : null;

    /// <summary>A Rollout that is aborted, degraded or on its way: what is written now may be the way back.</summary>
    public bool IsInTrouble { get; } =
        review.Operation == Operation.Update && review.Kind == ObjectKind.Rollout && new RolloutStatus(review.OldObject["status"u8]).InTrouble;

    /// <summary>
    /// Those of a rule's findings that the old object had already, and no less of them: by key; then those whose key is new, each in the place of one that is gone
    /// from the same whole. A rewrite that leaves less wrong than before passes, one that adds a fault does not (facts 9.11, point 9).
    /// </summary>
    public IReadOnlySet<Finding> Had(RuleSetting setting, IReadOnlyList<Finding> findings)
    {
        var had = new HashSet<Finding>(ReferenceEqualityComparer.Instance);
        if (Subject is null || OldFindings(setting) is not { Count: > 0 } olds) return had;
        var gone = olds.ToLookup(o => o.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => new Queue<Finding>(g), StringComparer.Ordinal);
        var fresh = new List<Finding>();
        foreach (var finding in findings)
        {
            if (!gone.TryGetValue(finding.Key, out var twins) || !twins.TryDequeue(out var old)) fresh.Add(finding);
            else if (IsNoWorse(finding, old)) had.Add(finding);
        }
        var left = gone.Values.SelectMany(q => q).Where(o => o.Whole is not null).ToList();
        foreach (var finding in fresh.Where(f => f.Whole is not null).OrderByDescending(f => f.Excess))
        {
            var at = left.FindIndex(o => o.Whole == finding.Whole && IsNoWorse(finding, o));
            if (at < 0) continue;
            had.Add(finding);
            left.RemoveAt(at);
        }
        return had;
    }

    /// <summary>What was only advice excuses no denial.</summary>
    private static bool IsNoWorse(Finding now, Finding old) => now.Excess <= old.Excess && now.AtMost <= old.AtMost;

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
        if (twins?.Setting != setting) twins = (setting, OldFindings(setting).ToLookup(o => o.Key, StringComparer.Ordinal));
        return twins.Value.ByKey[finding.Key].FirstOrDefault();
    }

    private IReadOnlyList<Finding> OldFindings(RuleSetting setting)
    {
        if (!found.TryGetValue(setting, out var findings))
        {
            found[setting] = findings = runner.Run(setting, new Inspection(Subject!, old: null, new View(cluster, new ObjectKey(review.Kind!, review.Namespace, review.Name), review.OldObject)));
        }
        return findings;
    }
}
