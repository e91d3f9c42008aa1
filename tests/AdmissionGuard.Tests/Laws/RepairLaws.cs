using System.Text.Json;
using System.Text.Json.Nodes;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Tests.Laws;

/// <summary>What holds for every repair, on every object of every golden case.</summary>
public sealed class RepairLaws
{
    [Fact]
    public void Every_repair_removes_its_finding_adds_only_absent_keys_and_has_nothing_more_to_add()
    {
        var repaired = new HashSet<string>();
        foreach (var (review, cluster) in KnownObjects.All().Concat(KnownObjects.Updates()))
        {
            foreach (var setting in KnownObjects.Settings(review.Kind!).Where(s => s.Rule.Fixable))
            {
                foreach (var finding in Findings(setting, review.Object, review, cluster).Where(f => f.Edit is not null))
                {
                    var additions = finding.Edit!.Additions(review.Object);
                    var result = Edit.Apply(review.Object, additions);
                    Assert.DoesNotContain(Findings(setting, result, review, cluster), f => f.Key == finding.Key);
                    AssertHolds(result, review.Object);
                    Assert.Empty(
                        (
                            finding.Edit with
                            {
                                Anchor = finding.Edit.Anchor.SameAs(review.Object["spec"u8])
                                    ? result["spec"u8]
                                    : Twin(finding.Edit.Anchor, review.Object, result),
                            }
                        ).Additions(result)
                    );
                    repaired.Add(setting.Rule.Id);
                }
            }
        }
        Assert.Equal(Catalogue.Rules.Where(r => r.Fixable).Select(r => r.Id), repaired.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_repair_creates_a_finding_and_a_second_run_gives_no_patch()
    {
        foreach (var (review, cluster) in KnownObjects.All())
        {
            var repairing = cluster.With([KnownObjects.Everything(fix: true)]);
            var before = Keys(Evaluator.Evaluate(review with { Stage = Stage.Validate }, repairing));
            var patch = Evaluator.Evaluate(review with { Stage = Stage.Mutate }, repairing).Patch;
            if (patch.Count == 0)
                continue;
            var result = Evaluator.Evaluate(review with { Stage = Stage.Both }, repairing);
            Assert.Empty(Keys(result).Except(before));
            var stored = Apply(review.Object, patch);
            Assert.Empty(Evaluator.Evaluate(review with { Object = stored, Stage = Stage.Mutate }, repairing).Patch);
        }
    }

    [Fact]
    public void Mutate_never_denies_and_validate_never_patches()
    {
        foreach (var (review, cluster) in KnownObjects.All())
        {
            var world = cluster.With([KnownObjects.Everything(fix: true)]);
            Assert.True(Evaluator.Evaluate(review with { Stage = Stage.Mutate }, world).Allowed);
            Assert.Empty(Evaluator.Evaluate(review with { Stage = Stage.Validate }, world).Patch);
        }
    }

    private static IReadOnlyList<Finding> Findings(RuleSetting setting, Node root, Review review, Cluster cluster) =>
        new Inspection(Subject.Of(review, root, cluster.Settings), OldOf(review, cluster), new View(cluster.World, review.Key, root)).Run(setting);

    private static Subject? OldOf(Review review, Cluster cluster) =>
        review.Operation == Operation.Update ? Subject.Of(review, review.OldObject, cluster.Settings) : null;

    private static IEnumerable<(string, string)> Keys(Verdict verdict) =>
        verdict.Judgements.Where(j => j.Action != GuardAction.Fix).Select(j => (j.Rule, j.Finding.Key));

    private static Node Apply(Node root, IReadOnlyList<Edit.Addition> patch)
    {
        var whole = JsonNode.Parse(root.ToString())!;
        foreach (var addition in patch)
        {
            var at = whole;
            foreach (var step in addition.Path.Steps.SkipLast(1))
                at = step.Key is { } key ? at[key]! : at[step.Index]!;
            Assert.Null(at[addition.Path.Steps[^1].Key!]);
            at[addition.Path.Steps[^1].Key!] = JsonNode.Parse(addition.Json);
        }
        return Node.Parse(whole.ToJsonString());
    }

    /// <summary>Whether everything of the smaller document is in the larger one unchanged, lists item by item.</summary>
    private static void AssertHolds(Node larger, Node smaller)
    {
        if (smaller.IsObject)
        {
            foreach (var entry in smaller.Entries)
            {
                if (entry.Value.Kind != JsonValueKind.Null)
                    AssertHolds(larger[entry.Name], entry.Value);
            }
        }
        else if (smaller.IsArray)
        {
            Assert.Equal(smaller.Count, larger.Count);
            for (var i = 0; i < smaller.Count; i++)
                AssertHolds(larger.ItemAt(i), smaller.ItemAt(i));
        }
        else
        {
            Assert.Equal(smaller.ToString(), larger.ToString());
        }
    }

    private static Node Twin(Node node, Node from, Node to) => Pointer.Of(from, node).Resolve(to).Node;
}
