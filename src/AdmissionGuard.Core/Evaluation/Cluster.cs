using System.Collections.Frozen;
using System.Collections.Immutable;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// An immutable snapshot of all that a verdict rests on besides the review: the world of objects, the policies and the exceptions. A change makes a
/// new one; a review reads one and only one.
/// </summary>
public sealed class Cluster
{
    private Cluster(WorldSnapshot world) => World = world;

    /// <summary>Of manifests: what is not in it is not known.</summary>
    public static Cluster Empty { get; } = new(WorldSnapshot.Empty);

    /// <summary>A live cluster with nothing in it yet.</summary>
    public static Cluster Live { get; } = new(WorldSnapshot.Live);

    public WorldSnapshot World { get; private init; }

    /// <summary>
    /// What was there before, where one change is more than the object under review, as of manifests with those of another revision; null where
    /// everything else stays as it is.
    /// </summary>
    public WorldSnapshot? Prior { get; private init; }

    /// <summary>What objects said within the last minutes; nothing unless the settings ask for it, and of manifests.</summary>
    public RecentObjects Recent { get; private init; } = RecentObjects.None;

    /// <summary>By name.</summary>
    public ImmutableArray<GuardPolicy> Policies { get; private init; } = [];

    public GuardSettings Settings => World.Settings;

    /// <summary>See <see cref="WorldSnapshot.Incomplete"/>.</summary>
    public ImmutableHashSet<ObjectKind> Incomplete => World.Incomplete;

    /// <summary>The labels by which some policy selects objects: a change of one of them is judged.</summary>
    internal ImmutableArray<string> SelectedLabels { get; private init; } = [];

    /// <summary>Each under every object that it names.</summary>
    private FrozenDictionary<ObjectKey, ImmutableArray<GuardException>> Exceptions { get; init; } =
        FrozenDictionary<ObjectKey, ImmutableArray<GuardException>>.Empty;

    public Cluster With(IEnumerable<GuardPolicy> policies)
    {
        ImmutableArray<GuardPolicy> sorted = [.. policies.OrderBy(p => p.Name, StringComparer.Ordinal)];
        return new Cluster(World)
        {
            Prior = Prior,
            Recent = Recent,
            Policies = sorted,
            SelectedLabels = LabelsThatSelect(sorted),
            Exceptions = Exceptions,
        };
    }

    /// <summary>Instead of those before. One that has ended is kept: what it covered is not ratcheted.</summary>
    public Cluster WithExceptions(IEnumerable<GuardException> exceptions) =>
        new(World)
        {
            Prior = Prior,
            Recent = Recent,
            Policies = Policies,
            SelectedLabels = SelectedLabels,
            Exceptions = exceptions
                .OrderBy(e => e.Name, StringComparer.Ordinal)
                .SelectMany(e => e.Objects.Distinct().Select(o => (Object: o, Exception: e)))
                .GroupBy(x => x.Object, x => x.Exception)
                .ToFrozenDictionary(g => g.Key, g => g.ToImmutableArray()),
        };

    /// <summary>After a change of all that differs from another world.</summary>
    public Cluster WithPrior(WorldSnapshot prior) =>
        new(World)
        {
            Prior = prior,
            Recent = Recent,
            Policies = Policies,
            SelectedLabels = SelectedLabels,
            Exceptions = Exceptions,
        };

    public Cluster With(RecentObjects recent) =>
        new(World)
        {
            Prior = Prior,
            Recent = recent,
            Policies = Policies,
            SelectedLabels = SelectedLabels,
            Exceptions = Exceptions,
        };

    public Cluster With(GuardSettings settings) => Around(World.With(settings));

    public Cluster WithIncomplete(IEnumerable<ObjectKind> kinds) => Around(World.WithIncomplete(kinds));

    /// <inheritdoc cref="WorldSnapshot.WithNamespace"/>
    public Cluster WithNamespace(string name, Node root) => Around(World.WithNamespace(name, root));

    public Cluster WithoutNamespace(string name) => Around(World.WithoutNamespace(name));

    /// <inheritdoc cref="WorldSnapshot.With(ObjectKey, Node)"/>
    public Cluster With(ObjectKey key, Node root) => Around(World.With(key, root));

    public Cluster Without(ObjectKey key) => Around(World.Without(key));

    /// <inheritdoc cref="WorldSnapshot.Without(ObjectKind)"/>
    public Cluster Without(ObjectKind kind) => Around(World.Without(kind));

    /// <summary>The same policies and namespaces, and no other object: nothing that is judged in it can tell of one.</summary>
    public Cluster Alone() => Around(World.Alone());

    /// <summary>Whether policies, exceptions and settings are the very same, so that only objects and namespaces can make another verdict.</summary>
    internal bool JudgesAs(Cluster other) =>
        Policies == other.Policies && ReferenceEquals(Exceptions, other.Exceptions) && ReferenceEquals(Settings, other.Settings);

    internal ImmutableArray<GuardException> ExceptionsFor(ObjectKey key) => Exceptions.Count == 0 ? [] : Exceptions.GetValueOrDefault(key, []);

    private Cluster Around(WorldSnapshot world) =>
        ReferenceEquals(world, World)
            ? this
            : new Cluster(world)
            {
                Prior = Prior,
                Recent = Recent,
                Policies = Policies,
                SelectedLabels = SelectedLabels,
                Exceptions = Exceptions,
            };

    private static ImmutableArray<string> LabelsThatSelect(ImmutableArray<GuardPolicy> policies) =>
        [.. policies.SelectMany(p => p.Match.ObjectSelector?.Requirements ?? []).Select(r => r.Key).Distinct(StringComparer.Ordinal)];
}
