using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;
using AdmissionGuard.Findings;
using AdmissionGuard.Manifests;
using AdmissionGuard.Manifests.Repairs;

namespace AdmissionGuard.Checks;

/// <summary>
/// Reviews manifests as admission would: the manifests given are the cluster. What stands only in the old ones is a deletion.
/// </summary>
internal sealed class ManifestReview(Actor actor, string defaultNamespace, DateTimeOffset now)
{
    public CheckReport Run(Cluster cluster, ManifestSet manifests, ManifestSet? old)
    {
        (cluster, var reviews) = Prepare(cluster, manifests, old);
        var tally = new ReportBuilder(cluster.Settings);
        tally.Notices.AddRange(cluster.Settings.Mesh.Notices);
        tally.Errors.AddRange([.. manifests.Errors, .. old?.Errors ?? []]);
        var repairs = new List<Repair>();
        foreach (var (document, review) in reviews)
        {
            var verdict = Evaluator.Evaluate(review, cluster);
            tally.Add(document, review, verdict);
            if (verdict.Patch.Count > 0)
                repairs.Add(Repair.Of(document, verdict.Patch));
        }
        return tally.Report(manifests.Documents.Count) with { Repairs = repairs };
    }

    /// <summary>The manifests as a cluster, and what is to be judged in it.</summary>
    public (Cluster World, IReadOnlyList<(Document Document, Review Review)> Reviews) Prepare(
        Cluster cluster,
        ManifestSet manifests,
        ManifestSet? old
    )
    {
        var reviews = new List<(Document Document, Review Review)>();
        var before = new Dictionary<ObjectKey, Document>();
        var prior = WorldSnapshot.Empty;
        if ((MeshOf(cluster, manifests) ?? MeshOf(cluster, old)) is { } config)
            cluster = cluster.With(cluster.Settings.InMesh(config));
        prior = prior.With(cluster.Settings);
        foreach (var document in old?.Documents ?? [])
        {
            if (KeyOf(document) is not { } key)
                continue;
            prior = prior.With(key, document.Root);
            if (Catalogue.Judges(key.Kind))
                before[key] = document;
        }
        foreach (var document in manifests.Documents)
        {
            if (document is { ApiVersion: "v1", Kind: "Namespace", Name: { } name })
                cluster = cluster.WithNamespace(name, document.Root);
            if (KeyOf(document) is not { } key)
                continue;
            cluster = cluster.With(key, document.Root);
            if (Catalogue.Judges(key.Kind))
                reviews.Add((document, ReviewOf(key, document, before.GetValueOrDefault(key), old is null ? null : before)));
        }
        foreach (var (key, document) in before)
            reviews.Add((document, ReviewOf(key, null, document, null)));
        return (old is null ? cluster : cluster.WithPrior(prior), reviews);
    }

    /// <summary>Where only the old manifests have Istio's configuration, the cluster has it still.</summary>
    private MeshConfig? MeshOf(Cluster cluster, ManifestSet? manifests)
    {
        var mesh = new MeshObjects(cluster.Settings);
        foreach (var document in manifests?.Documents ?? [])
            mesh.Add(document.ApiVersion, document.Kind, document.Namespace ?? defaultNamespace, document.Name, document.Root);
        return mesh.Config();
    }

    private Review ReviewOf(ObjectKey key, Document? document, Document? old, Dictionary<ObjectKey, Document>? paired)
    {
        paired?.Remove(key);
        return new Review
        {
            IsAsIfNew = document is not null && old is null && paired is null,
            Kind = key.Kind,
            Operation = (document, old) switch
            {
                (null, _) => Operation.Delete,
                (_, null) => Operation.Create,
                _ => Operation.Update,
            },
            Object = document?.Root ?? default,
            OldObject = old?.Root ?? default,
            Namespace = key.Namespace,
            Name = key.Name,
            Actor = actor,
            Now = now,
            Stage = Stage.Both,
        };
    }

    private ObjectKey? KeyOf(Document document)
    {
        if (ObjectKind.Of(document.ApiVersion, document.Kind) is { } kind)
            return new ObjectKey(
                kind,
                kind.IsNamespaced ? document.Namespace ?? defaultNamespace : "",
                document.Name ?? document.Root["metadata"u8]["generateName"u8].Text ?? ""
            );
        return null;
    }
}
