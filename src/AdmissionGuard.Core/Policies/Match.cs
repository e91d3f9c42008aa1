using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Policies;

/// <summary>What a policy is about: an empty list says nothing, the items of a list are alternatives, the lists must all agree.</summary>
public sealed record Match
{
    public static Match Everything { get; } = new();

    public IReadOnlyList<ObjectKind> Kinds { get; init; } = [];

    public IReadOnlyList<Operation> Operations { get; init; } = [];

    /// <summary>Names with <c>*</c>.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Names with <c>*</c>.</summary>
    public IReadOnlyList<string> ExcludeNamespaces { get; init; } = [];

    /// <summary>
    /// By the labels of the object's namespace; null selects all. It says nothing about what has no namespace, as in the API server
    /// (docs/facts/kubernetes-admission.md#namespace-selector).
    /// </summary>
    public LabelSelector? NamespaceSelector { get; init; }

    /// <summary>By the labels of the new or the old object, so that nobody leaves a policy by relabelling; null selects all.</summary>
    public LabelSelector? ObjectSelector { get; init; }

    /// <summary>Exact names, as the next three.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<string> ExcludeUsers { get; init; } = [];

    public IReadOnlyList<string> ExcludeGroups { get; init; } = [];

    /// <summary>Unknown only where all else agrees and a selector needs the labels of a namespace that is not known.</summary>
    /// <param name="namespaceObject">The Namespace of the review's object; absent where it is not known.</param>
    public Coverage Covers(Review review, Node namespaceObject)
    {
        if (!CoversByName(review) || !CoversByLabels(review))
            return Coverage.No;
        if (NamespaceSelector is null || review.Namespace.Length == 0)
            return Coverage.Yes;
        return NamespaceSelector.SelectsNamespace(review.Namespace, namespaceObject);
    }

    private bool CoversByName(Review review) =>
        (Kinds.Count == 0 || Kinds.Contains(review.Kind!))
        && (Operations.Count == 0 || Operations.Contains(review.Operation))
        && (Namespaces.Count == 0 || Wildcard.MatchesAny(Namespaces, review.Namespace))
        && !Wildcard.MatchesAny(ExcludeNamespaces, review.Namespace)
        && (Users.Count == 0 || Users.Contains(review.Actor.User, StringComparer.Ordinal))
        && (Groups.Count == 0 || Groups.Any(g => review.Actor.Groups.Contains(g, StringComparer.Ordinal)))
        && !ExcludeUsers.Contains(review.Actor.User, StringComparer.Ordinal)
        && !ExcludeGroups.Any(g => review.Actor.Groups.Contains(g, StringComparer.Ordinal));

    private bool CoversByLabels(Review review) =>
        ObjectSelector is null
        || (review.Object.IsObject && ObjectSelector.Selects(review.Object))
        || (review.OldObject.IsObject && ObjectSelector.Selects(review.OldObject));
}
