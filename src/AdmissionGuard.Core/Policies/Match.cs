using AdmissionGuard.Core.Evaluation;

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

    /// <summary>Exact names, as the next three.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<string> ExcludeUsers { get; init; } = [];

    public IReadOnlyList<string> ExcludeGroups { get; init; } = [];

    public bool Covers(Review review) =>
        (Kinds.Count == 0 || Kinds.Contains(review.Kind!))
        && (Operations.Count == 0 || Operations.Contains(review.Operation))
        && (Namespaces.Count == 0 || Wildcard.MatchesAny(Namespaces, review.Namespace))
        && !Wildcard.MatchesAny(ExcludeNamespaces, review.Namespace)
        && (Users.Count == 0 || Users.Contains(review.Actor.User, StringComparer.Ordinal))
        && (Groups.Count == 0 || Groups.Any(g => review.Actor.Groups.Contains(g, StringComparer.Ordinal)))
        && !ExcludeUsers.Contains(review.Actor.User, StringComparer.Ordinal)
        && !ExcludeGroups.Any(g => review.Actor.Groups.Contains(g, StringComparer.Ordinal));
}
