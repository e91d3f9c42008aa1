using AdmissionGuard.Core;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Live;
using AdmissionGuard.Manifests;
using AdmissionGuard.Output;

namespace AdmissionGuard.Commands;

/// <summary>Reviews what a cluster holds, each object as if a sync created it now: what it refers to is there or is not, and nothing is old.</summary>
internal sealed class StoredReview(string cluster, string ownerLabel, DateTimeOffset now)
{
    public CheckReport Run(Snapshot snapshot)
    {
        var world = snapshot.Cluster;
        var actor = new Actor(world.Settings.GitOps.FirstOrDefault(Actor.GitOps.User), []);
        var findings = new List<Located>();
        var reviews = new List<(Document, Review)>(snapshot.Objects.Count);
        var (exempted, excluded) = (0, 0);
        var (notices, errors) = (new List<string>(), new List<ManifestError>());
        notices.AddRange(snapshot.Gaps.Select(g => $"{cluster}: {g}"));
        errors.AddRange(snapshot.Policies.Refused.Select(e => e with { File = $"{cluster}: {e.File}" }));
        foreach (var key in snapshot.Objects)
        {
            var root = snapshot.Find(key);
            var review = ReviewOf(key, root, actor, now);
            var verdict = Evaluator.Evaluate(review, world);
            var document = Document.Stored(cluster, root);
            reviews.Add((document, review));
            var owner = verdict.Judgements.Count == 0 ? null : Owner(root) ?? Owner(snapshot.Namespace(key.Namespace));
            findings.AddRange(verdict.Judgements.Select(j => new Located(j, document, review) { Owner = owner }));
            errors.AddRange(verdict.TypeFaults.Select(f => new ManifestError($"{cluster}: {Refusal.Subject(review)}", null, null, $"{f.Path.ToText()}: {f.Message}")));
            notices.AddRange(verdict.Notices.Select(n => $"{cluster}: {Refusal.Subject(review)}: {n}"));
            exempted += verdict.Exceptions.Where(e => !e.HasEnded).Sum(e => e.Findings);
            if (world.Settings.Excludes(review.Namespace)) excluded++;
        }
        return new CheckReport(findings, errors, reviews.Count, reviews) { Notices = notices, Exempted = exempted, Excluded = excluded, IsOfClusters = true };
    }

    public static Review ReviewOf(ObjectKey key, Node root, Actor actor, DateTimeOffset now) => new()
    {
        Kind = key.Kind,
        Operation = Operation.Create,
        Object = root,
        Namespace = key.Namespace,
        Name = key.Name,
        Actor = actor,
        Now = now,
        Stage = Stage.Both,
    };

    private string? Owner(Node root) => root["metadata"u8]["labels"u8][ownerLabel].Text is { Length: > 0 } owner ? owner : null;
}
