using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Findings;
using AdmissionGuard.Live;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Checks;

/// <summary>
/// Reviews what a cluster holds, each object as if a sync created it now: what it refers to is there or is not, and nothing is old.
/// </summary>
internal sealed class StoredReview(string cluster, string ownerLabel, DateTimeOffset now)
{
    public CheckReport Run(Snapshot snapshot)
    {
        var world = snapshot.Cluster;
        var tally = new ReportBuilder(world.Settings);
        tally.Notices.AddRange(snapshot.Gaps.Select(g => $"{cluster}: {g}"));
        tally.Errors.AddRange(snapshot.Policies.Refused.Select(e => e with { File = $"{cluster}: {e.File}" }));
        foreach (var key in snapshot.Objects)
        {
            var root = snapshot.Find(key);
            var review = world.Settings.ReviewOfStored(key, root, now);
            var verdict = Evaluator.Evaluate(review, world);
            var owner = verdict.Judgements.Count == 0 ? null : Owner(root) ?? Owner(snapshot.Namespace(key.Namespace));
            var paths = new PointerFinder(root);
            tally.Add(
                Document.Stored(cluster, root),
                review,
                verdict with
                {
                    Judgements = [.. verdict.Judgements.Select(j => j.OfStored(root, paths))],
                },
                owner
            );
        }
        return tally.Report(snapshot.Objects.Count) with { IsOfClusters = true };
    }

    private string? Owner(Node root) => root["metadata"u8]["labels"u8][ownerLabel].Text is { Length: > 0 } owner ? owner : null;
}
