using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// An object compared with what it was within the last minutes too (docs/how-changes-are-judged.md#memory): several small updates in a row, or a
/// deletion and a creation, are one large change.
/// </summary>
internal sealed class EarlierVersions(Review review, Cluster cluster, RuleRunner runner)
{
    /// <summary>What a rule finds, and what it finds besides where an earlier version is the old one.</summary>
    /// <param name="old">Null on CREATE.</param>
    public IReadOnlyList<Finding> And(RuleSetting setting, Subject now, Subject? old, IReadOnlyList<Finding> findings)
    {
        if (setting.Rule.Growth is not { } growth || !cluster.Settings.RemembersShares || review.IsStored || review.Operation == Operation.Delete)
            return findings;
        var earlier = cluster.Recent.Of(review.Key, review.Now).ToList();
        if (earlier.Count == 0)
            return findings;
        // whoever moves nobody now is not asked what somebody else moved before
        var moved = old is null ? null : runner.Run(setting.With(growth, 1), Compare(now, old)).Select(f => f.Key).ToHashSet(StringComparer.Ordinal);
        if (moved is { Count: 0 })
            return findings;
        var told = findings.Select(f => f.Key).ToHashSet(StringComparer.Ordinal);
        var all = findings.ToList();
        foreach (var version in earlier)
        {
            foreach (var finding in runner.Run(setting, Compare(now, Subject.Of(review, version, cluster.Settings))))
            {
                if (moved?.Contains(finding.Key) != false && told.Add(finding.Key))
                    all.Add(finding with { Message = $"since {RecentObjects.Window.TotalMinutes:0} minutes ago: {finding.Message}", Edit = null });
            }
        }
        return all;
    }

    private Inspection Compare(Subject now, Subject old) =>
        new(now, old, new View(cluster.World, now.Key, now.Root)) { Before = new View(cluster.World, now.Key, old.Root) };
}
