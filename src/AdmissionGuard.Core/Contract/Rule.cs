using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Contract;

/// <summary>
/// A demand that a user can understand, as data and one function. A rule reports only on the object under review, whatever else it reads.
/// Parameters are declared above the rule in its file: static fields are set in the order in which they stand.
/// </summary>
public sealed class Rule
{
    /// <summary>
    /// Kind and demand, <c>rollout-first-step</c>; the demand alone where several kinds are judged, <c>retry-safety</c>. Once published it stays
    /// accepted: see <see cref="FormerIds"/>.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>Names that it had before, accepted wherever users write an id until 2.0; what we write has the present one.</summary>
    public IReadOnlyList<string> FormerIds { get; init; } = [];

    /// <summary>Every id that users may write: the present one first.</summary>
    public IReadOnlyList<string> AcceptedIds => [Id, .. FormerIds];

    /// <summary>The demand in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The outage that it prevents, with the source of the fact.</summary>
    public required string Why { get; init; }

    /// <summary>What to do.</summary>
    public required string Remedy { get; init; }

    /// <summary>The kinds that it judges.</summary>
    public required IReadOnlyList<ObjectKind> Kinds { get; init; }

    /// <summary>The kinds that it looks up besides.</summary>
    public IReadOnlyList<ObjectKind> Reads { get; init; } = [];

    /// <summary>
    /// Those among <see cref="Reads"/> without which it still knows enough to refuse, such as the autoscaler of a Rollout whose weights are written:
    /// whoever may not read them loses no denial.
    /// </summary>
    public IReadOnlyList<ObjectKind> Refines { get; init; } = [];

    /// <summary>The kinds that must be loaded before it may refuse.</summary>
    public IReadOnlyList<ObjectKind> Needs => field ??= Refines.Count == 0 ? Reads : [.. Reads.Except(Refines)];

    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    public required ProfileDefault Baseline { get; init; }

    public required ProfileDefault Strict { get; init; }

    /// <summary>Whether some of its findings carry an edit.</summary>
    public bool Fixable { get; init; }

    /// <summary>
    /// The parameter that bounds how much may grow from one version of an object to the next, in points: such a rule is asked about the versions of
    /// the last minutes as well, where they are remembered. Null for all others.
    /// </summary>
    public IntegerParameter? Growth { get; init; }

    /// <summary>Whether it judges deletions too.</summary>
    public bool OnDelete { get; init; }

    /// <summary>What it finds does not work at all: that something else is better now makes it no smaller fault.</summary>
    public bool IsAboutWhatWorks { get; init; }

    /// <summary>
    /// It judges how a route is written, which is nobody's to change in a route that Argo adds and removes: silent there
    /// (docs/facts/argo-rollouts.md#managed-routes).
    /// </summary>
    public bool LeavesAddedRoutes { get; init; }

    /// <summary>
    /// False for a rule that asks who writes an object or what stands around it: it has nothing to say of objects that are yet to be made of a
    /// Canary.
    /// </summary>
    public bool OfMade { get; init; } = true;

    public required Action<Inspection> Check { get; init; }

    /// <summary>Whether it judges objects of a kind, or, of a Canary, the objects that Flagger makes of it.</summary>
    public bool Judges(ObjectKind kind) => Kinds.Contains(kind) || JudgesMadeOf(kind);

    /// <summary>The same of deletions, which nothing is made of.</summary>
    public bool Judges(ObjectKind kind, bool onDelete) => onDelete ? OnDelete && Kinds.Contains(kind) : Judges(kind);

    /// <summary>Whether it judges what a controller makes of objects of a kind, and not these themselves.</summary>
    public bool JudgesMadeOf(ObjectKind kind) =>
        kind == ObjectKind.Canary
        && OfMade
        && !Kinds.Contains(kind)
        && (Kinds.Contains(ObjectKind.VirtualService) || Kinds.Contains(ObjectKind.DestinationRule) || Kinds.Contains(ObjectKind.HttpRoute));

    public ProfileDefault In(Profile profile) => profile == Profile.Strict ? Strict : Baseline;

    public override string ToString() => Id;
}

/// <summary>What a built-in profile does with a rule.</summary>
public readonly record struct ProfileDefault(GuardAction Action, bool Fix = false)
{
    public static implicit operator ProfileDefault(GuardAction action) => new(action);
}

public enum Profile
{
    Baseline,
    Strict,
}
