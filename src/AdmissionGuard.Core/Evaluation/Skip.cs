using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// What is let through unread: no finding, no patch (docs/how-changes-are-judged.md#never-blocked, docs/facts/kubernetes-admission.md#deletion).
/// </summary>
internal static class Skip
{
    public const string Unchanged = "changes nothing that is read";

    /// <summary>
    /// Kubernetes' own: what belongs to something deleted, or to a namespace that ends, goes too (with <c>--use-service-account-credentials=false</c>
    /// all under one name).
    /// </summary>
    internal static readonly string[] Collectors =
    [
        "system:serviceaccount:kube-system:generic-garbage-collector",
        "system:serviceaccount:kube-system:namespace-controller",
        "system:kube-controller-manager",
    ];

    public static string? Reason(Review review, Cluster cluster)
    {
        if (review.Kind is null || !Catalogue.Judges(review.Kind))
            return "not a guarded kind";
        if (!review.IsStored && cluster.Settings.Excludes(review.Namespace))
            return "excluded namespace";
        if (review.SubResource is { Length: > 0 })
            return "subresource";
        if (!review.Subject.IsObject)
            return "no object";
        // what is stored, and an edit of it, is judged: while it has finalizers its controller still honours its spec
        if (review.Operation == Operation.Delete && review.Subject["metadata"u8]["deletionTimestamp"u8].Exists)
            return "being deleted";
        if (GoesWithOthers(review, cluster))
            return "goes with its owner or namespace";
        if (review.Operation == Operation.Update && LeavesWhatWeRead(review, cluster))
            return Unchanged;
        return null;
    }

    /// <summary>
    /// An edit in a namespace that ends is judged: finalizers can hold the namespace, and controllers honour what is in it until then.
    /// </summary>
    private static bool GoesWithOthers(Review review, Cluster cluster) =>
        (review.Operation != Operation.Update && cluster.World.IsEnding(review.Namespace))
        || (review.Operation == Operation.Delete && Collectors.Contains(review.Actor.User, StringComparer.Ordinal));

    /// <summary>
    /// Every kind of ours has its meaning in spec; of the labels, those that a policy selects by. The annotation that breaks the glass is not among
    /// them: where
    /// nothing else changes there is nothing to let through, and the evaluator says so.
    /// </summary>
    private static bool LeavesWhatWeRead(Review review, Cluster cluster)
    {
        if (!review.Object["spec"u8].SameAs(review.OldObject["spec"u8]))
            return false;
        // the mark of what came in under an excuse is kept against whoever takes it off
        if (review.Stage == Stage.Mutate && !AdmittedMark.ValueIn(review.Object).SameAs(AdmittedMark.ValueIn(review.OldObject)))
            return false;
        foreach (var key in cluster.SelectedLabels)
        {
            if (!LabelSelector.LabelsOf(review.Object)[key].SameAs(LabelSelector.LabelsOf(review.OldObject)[key]))
                return false;
        }
        return true;
    }
}
