using System.Text.Json.Nodes;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Laws;

/// <summary>What must never be blocked, and edits that touch nothing that is wrong.</summary>
public sealed partial class ObjectLaws
{
    [Fact]
    public void What_must_never_be_blocked_is_not()
    {
        var controller = new Actor("system:serviceaccount:argo-rollouts:argo-rollouts", ["system:serviceaccounts"]);
        var collector = new Actor("system:serviceaccount:kube-system:generic-garbage-collector", []);
        foreach (var (review, cluster) in KnownObjects.All())
        {
            var world = cluster.With([KnownObjects.Everything(fix: true)]);
            var deleting = WithMetadata(review.Object, "\"deletionTimestamp\":\"2026-11-21T00:00:00Z\"");
            var labelled = WithMetadata(review.Object, "\"labels\":{\"a\":\"b\"}");
            Review[] harmless =
            [
                review with
                {
                    Actor = controller,
                },
                review with
                {
                    Actor = controller,
                    OldObject = Node.Parse("{\"spec\":{}}"),
                    Operation = Operation.Update,
                },
                review with
                {
                    Object = deleting,
                    OldObject = review.Object,
                    Operation = Operation.Update,
                },
                review with
                {
                    Object = labelled,
                    OldObject = review.Object,
                    Operation = Operation.Update,
                },
                review with
                {
                    Object = default,
                    OldObject = review.Object,
                    Operation = Operation.Delete,
                    Actor = collector,
                },
                review with
                {
                    Object = default,
                    OldObject = deleting,
                    Operation = Operation.Delete,
                },
                review with
                {
                    SubResource = "status",
                },
                review with
                {
                    SubResource = "scale",
                },
            ];
            foreach (var stage in (Stage[])[Stage.Validate, Stage.Mutate, Stage.Both])
            {
                foreach (var request in harmless)
                {
                    var verdict = Evaluator.Evaluate(request with { Stage = stage }, world);
                    Assert.True(verdict.Allowed, Lines(verdict).FirstOrDefault());
                    Assert.Empty(verdict.Patch);
                }
            }
            var real = Evaluator.Evaluate(review, world);
            Assert.Equal(Lines(real), Lines(Evaluator.Evaluate(review with { DryRun = true }, world)));
        }
    }

    [Fact]
    public void An_edit_elsewhere_leaves_an_old_fault_as_it_was()
    {
        foreach (var (review, cluster) in KnownObjects.All())
        {
            var world = cluster.With([KnownObjects.KnownFields()]);
            var edited = JsonNode.Parse(review.Object.ToString())!.AsObject();
            if (edited["spec"] is not JsonObject spec)
                continue;
            spec["xUnrelated"] = 1;
            var verdict = Evaluator.Evaluate(
                review with
                {
                    Object = Node.Parse(edited.ToJsonString()),
                    OldObject = review.Object,
                    Operation = Operation.Update,
                },
                world
            );
            Assert.True(verdict.Allowed, $"{review.Kind} {review.Name}: {Lines(verdict).FirstOrDefault()}");
        }
    }

    private static IEnumerable<string> Lines(Verdict verdict) =>
        verdict.Judgements.Select(j => $"{j.Rule} {j.Action} {j.Because} {j.Path} {j.Finding.Message}");
}
