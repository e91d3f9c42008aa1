using AdmissionGuard.Checks;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Live;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Tests.Live;

/// <summary>A report of a cluster is as large as what it says.</summary>
public sealed class StoredReviewTests
{
    [Fact]
    public void A_repaired_copy_of_an_object_does_not_live_as_long_as_the_report()
    {
        var root = Node.Parse(
            """{"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"api","namespace":"shop"},"spec":{"host":"api"}}"""
        );
        var key = new ObjectKey(ObjectKind.DestinationRule, "shop", "api");
        var world = Cluster.Live.With([GuardPolicy.Of(Profile.Baseline)]).With(key, root);
        var review = world.Settings.ReviewOfStored(key, root, Judge.Now);
        Assert.NotEmpty(Evaluator.Evaluate(review, world).Patch);
        var set = PolicyFiles.Read([], [], Stream.Null, Judge.Now);

        var report = new StoredReview("one", "team", Judge.Now).Run(new Snapshot(world, new PolicyStatus(set, Judge.Now, []), [key], []));

        Assert.Contains(report.Findings, f => f.Judgement.Action == GuardAction.Fix);
        foreach (var finding in report.Findings.Select(f => f.Judgement))
        {
            Assert.InRange(finding.Finding.At.Node.OffsetIn(root), 0, root.Raw.Length);
            Assert.NotEqual(Pointer.Root, finding.Path);
            if (finding.Finding.Edit is { } edit)
                Assert.InRange(edit.Anchor.OffsetIn(root), 0, root.Raw.Length);
        }
        Assert.Equal(
            Evaluator.Evaluate(review, world).Judgements.Select(j => j.Path.ToText()),
            report.Findings.Select(f => f.Judgement.Path.ToText())
        );
    }
}
