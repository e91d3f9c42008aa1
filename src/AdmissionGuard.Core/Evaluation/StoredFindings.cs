using System.Collections.ObjectModel;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// The object as it is stored, judged by the same policy in the world as it is: what was wrong already is neither refused nor changed.
/// Judged only by the rules that found something in the new one, and once each.
/// </summary>
internal sealed class StoredFindings(Review review, Cluster cluster, RuleRunner runner)
{
    private readonly Dictionary<RuleSetting, IReadOnlyList<Finding>> found = new(ReferenceEqualityComparer.Instance);

    private (RuleSetting Setting, ILookup<string, Finding> ByKey)? twins;

    /// <summary>Null unless this is an UPDATE.</summary>
    public Subject? Subject { get; } =
        review.Operation == Operation.Update && review.OldObject.IsObject ? Subject.Of(review, review.OldObject, cluster.Settings) : null;

    /// <summary>Those of a rule's findings that the old object had already, and no less of them.</summary>
    public IReadOnlyDictionary<Finding, Finding> Had(RuleSetting setting, IReadOnlyList<Finding> findings) =>
        Subject is null || OldFindings(setting) is not { Count: > 0 } olds
            ? ReadOnlyDictionary<Finding, Finding>.Empty
            : Ratchet.NoWorse(findings, olds);

    /// <summary>
    /// Whether the old object had more violations of some rule that are denied. A warning can be made by anybody, to be fixed in the change that
    /// brings a denial: it weighs nothing here.
    /// </summary>
    public bool HadMore(IEnumerable<RuleSetting> ran, IReadOnlyList<Weighing.Found> found) =>
        Subject is not null
        && ran.Any(setting =>
            setting.Action == GuardAction.Deny
            && OldFindings(setting).Count(IsDenied) > found.Where(f => f.Setting == setting).Sum(f => f.Findings.Count(IsDenied))
        );

    private static bool IsDenied(Finding finding) => finding.AtMost == GuardAction.Deny;

    /// <summary>The finding's edit without what the old object lacked as well: what runs without a limit is reported, not changed.</summary>
    public Edit? OnlyWhatIsNew(RuleSetting setting, Finding finding)
    {
        if (finding.Edit is not { } edit || Twin(setting, finding) is not { } old)
            return finding.Edit;
        if (old.Edit is null)
            return null;
        return edit with { Leaves = [.. edit.Leaves.Where(leaf => !old.Edit.Leaves.Any(o => o.Path == leaf.Path))] };
    }

    private Finding? Twin(RuleSetting setting, Finding finding)
    {
        if (Subject is null)
            return null;
        if (twins?.Setting != setting)
            twins = (setting, OldFindings(setting).ToLookup(o => o.Key, StringComparer.Ordinal));
        return twins.Value.ByKey[finding.Key].FirstOrDefault();
    }

    private IReadOnlyList<Finding> OldFindings(RuleSetting setting)
    {
        if (!found.TryGetValue(setting, out var findings))
        {
            found[setting] = findings = runner.Run(
                setting,
                new Inspection(Subject!, old: null, new View(cluster.World, review.Key, review.OldObject)) { Patience = review.Patience }
            );
        }
        return findings;
    }
}
