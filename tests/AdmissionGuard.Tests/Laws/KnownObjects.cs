using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Laws;

/// <summary>Every object of the golden cases as a review, in the cluster of its case; and policies over the whole catalogue.</summary>
internal static class KnownObjects
{
    public static IEnumerable<(Review Review, Cluster Cluster)> All() => WithOthers().Select(k => (k.Review, k.Cluster));

    /// <summary>With the other objects of its case.</summary>
    public static IEnumerable<(Review Review, Cluster Cluster, IReadOnlyList<(ObjectKey Key, Node Root)> Others)> WithOthers()
    {
        foreach (var golden in GoldenCase.All())
        {
            var documents = golden.Manifests.Documents;
            var known = documents.Select(d => (Document: d, Kind: ObjectKind.Of(d.ApiVersion, d.Kind))).Where(d => d.Kind is not null).ToList();
            var cluster = known.Aggregate(Cluster.Empty.With(golden.Settings), (c, d) => c.With(KeyOf(d.Document, d.Kind!), d.Document.Root));
            foreach (var (document, kind) in known.Where(d => Catalogue.Judges(d.Kind!)))
            {
                yield return (
                    new Review
                    {
                        Kind = kind,
                        Operation = Operation.Create,
                        Object = Node.Parse(document.Root.ToString()),
                        Namespace = NamespaceOf(document, kind!),
                        Name = document.Name ?? "",
                        Actor = Judge.Human,
                        Now = Judge.Now,
                        Stage = Stage.Both,
                    },
                    cluster,
                    [.. known.Where(k => k.Document != document).Select(k => (KeyOf(k.Document, k.Kind!), k.Document.Root))]
                );
            }
        }
    }

    private static ObjectKey KeyOf(Document document, ObjectKind kind) => new(kind, NamespaceOf(document, kind), document.Name ?? "");

    private static string NamespaceOf(Document document, ObjectKind kind) => kind.IsNamespaced ? document.Namespace ?? "default" : "";

    public static IEnumerable<RuleSetting> Settings(ObjectKind kind) =>
        Catalogue.Rules.Where(r => r.Kinds.Contains(kind)).Select(r => RuleSetting.Of(r, Profile.Strict));

    /// <summary>With what reads metadata as well: a policy that selects by labels, a group that may break the glass.</summary>
    public static Cluster Selecting(Cluster cluster) =>
        cluster
            .With(GuardSettings.Default with { BreakGlassGroups = [.. Judge.Human.Groups] })
            .With([
                Everything(fix: true),
                new GuardPolicy("selecting", Everything(fix: false).Rules, new Match { ObjectSelector = Selector, NamespaceSelector = Selector }),
            ]);

    private static LabelSelector Selector { get; } = new([new LabelRequirement("app", LabelOperator.NotIn, ["api"])]);

    /// <summary>As <see cref="Everything"/>, without the rule that is about unknown fields.</summary>
    public static GuardPolicy KnownFields()
    {
        var all = Everything(fix: false);
        return new(all.Name, all.Rules.Where(r => r.Rule.Id != "unknown-field"));
    }

    /// <summary>Every rule denies what it may.</summary>
    public static GuardPolicy Everything(bool fix) =>
        new("everything", Catalogue.Rules.Select(r => RuleSetting.Of(r, Profile.Strict) with { Action = GuardAction.Deny, Fix = fix && r.Fixable }));
}
