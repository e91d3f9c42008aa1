using System.Collections.Immutable;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.World;

/// <summary>
/// An immutable snapshot of the objects and namespaces that are known, with the settings by which their hosts are read. A change makes a new one.
/// </summary>
public sealed class WorldSnapshot
{
    private static readonly ImmutableSortedSet<ObjectKey> Nobody = ImmutableSortedSet<ObjectKey>.Empty.WithComparer(ObjectKey.ByName);

    /// <summary>Of manifests: what is not in it is not known.</summary>
    public static WorldSnapshot Empty { get; } = new();

    /// <summary>
    /// A live cluster with nothing in it yet: what is not in it does not exist, as far as its kind is not <see cref="Incomplete"/>.
    /// </summary>
    public static WorldSnapshot Live { get; } = new() { IsWhole = true };

    /// <summary>Whether the absence of an object means that it does not exist.</summary>
    public bool IsWhole { get; private init; }

    public GuardSettings Settings { get; private init; } = GuardSettings.Default;

    /// <summary>
    /// Kinds of which not every object may be known, because they are not loaded yet or their watch is lost: rules that read one warn at most. None
    /// where files are the cluster.
    /// </summary>
    public ImmutableHashSet<ObjectKind> Incomplete { get; private init; } = [];

    internal IEnumerable<ObjectKey> Keys => Objects.Keys;

    private ImmutableDictionary<string, Node> Namespaces { get; init; } = ImmutableDictionary<string, Node>.Empty;

    private ImmutableDictionary<ObjectKey, Node> Objects { get; init; } = ImmutableDictionary<ObjectKey, Node>.Empty;

    /// <summary>For each mention, who makes it, by kind: the index that makes a look-up's cost independent of the cluster's size.</summary>
    private ImmutableDictionary<(Mention, ObjectKind By), ImmutableSortedSet<ObjectKey>> Mentions { get; init; } =
        ImmutableDictionary<(Mention, ObjectKind), ImmutableSortedSet<ObjectKey>>.Empty;

    /// <summary>How many different wildcards objects of a kind claim; without any, only exact hosts need to be looked up.</summary>
    private ImmutableDictionary<ObjectKind, int> Wildcards { get; init; } = ImmutableDictionary<ObjectKind, int>.Empty;

    /// <summary>Of manifests, how many there are of a kind in a namespace.</summary>
    private ImmutableDictionary<(ObjectKind, string Namespace), int> Counts { get; init; } = ImmutableDictionary<(ObjectKind, string), int>.Empty;

    public WorldSnapshot With(GuardSettings settings)
    {
        var changed = Copy(settings: settings);
        return settings.ClusterDomain == Settings.ClusterDomain || Objects.IsEmpty ? changed : changed.Reindexed();
    }

    public WorldSnapshot WithIncomplete(IEnumerable<ObjectKind> kinds) => Copy(incomplete: [.. kinds]);

    /// <summary>With a Namespace object added, or replacing the one of its name; selectors read its labels.</summary>
    public WorldSnapshot WithNamespace(string name, Node root) => Copy(namespaces: Namespaces.SetItem(name, root));

    public WorldSnapshot WithoutNamespace(string name) => Copy(namespaces: Namespaces.Remove(name));

    /// <summary>
    /// With an object added, or replacing the one of its name. A change that mentions what was mentioned before, such as of a status, leaves the
    /// index alone.
    /// </summary>
    public WorldSnapshot With(ObjectKey key, Node root)
    {
        var known = Objects.TryGetValue(key, out var old);
        var before = known ? MentionsOf(key, old) : [];
        var after = MentionsOf(key, root);
        return Copy(objects: Objects.SetItem(key, root), index: Indexed(key, before, after), counts: known ? Counts : Counted(key, 1));
    }

    public WorldSnapshot Without(ObjectKey key) =>
        Objects.TryGetValue(key, out var root)
            ? Copy(objects: Objects.Remove(key), index: Indexed(key, MentionsOf(key, root), []), counts: Counted(key, -1))
            : this;

    /// <summary>With namespaces and settings alone; other objects are not known, as of manifests.</summary>
    public WorldSnapshot Alone() => new() { Settings = Settings, Namespaces = Namespaces };

    /// <summary>For when no rule reads the kind any more; the one change that costs what the cluster holds.</summary>
    public WorldSnapshot Without(ObjectKind kind) => Objects.Keys.Where(k => k.Kind == kind).Aggregate(this, (world, key) => world.Without(key));

    /// <summary>The object, or the absent node where it is not known.</summary>
    public Node Find(ObjectKey key) => Objects.GetValueOrDefault(key);

    /// <summary>The Namespace object, or the absent node where it is not known.</summary>
    public Node NamespaceOf(string name) => Namespaces.GetValueOrDefault(name);

    /// <summary>Whether the namespace is being deleted, and all that is in it.</summary>
    internal bool IsEnding(string @namespace) => NamespaceOf(@namespace)["metadata"u8]["deletionTimestamp"u8].Exists;

    internal bool TryFind(ObjectKey key, out Node root) => Objects.TryGetValue(key, out root);

    internal HashSet<Mention> MentionsOf(ObjectKey key, Node root) => References.Of(key, root, Settings.ClusterDomain);

    internal ImmutableSortedSet<ObjectKey> Mentioning(Mention mention, ObjectKind by) => Mentions.GetValueOrDefault((mention, by), Nobody);

    internal bool HasWildcards(ObjectKind by) => Wildcards.ContainsKey(by);

    /// <summary>Whether every object of these kinds is known.</summary>
    internal bool Knows(IReadOnlyList<ObjectKind> kinds)
    {
        if (Incomplete.IsEmpty)
            return true;
        foreach (var kind in kinds)
        {
            if (Incomplete.Contains(kind))
                return false;
        }
        return true;
    }

    /// <summary>Whether the absence of an object says anything: see <see cref="Presence"/>.</summary>
    internal bool Lacks(ObjectKey key) =>
        !Objects.ContainsKey(key) && (IsWhole ? !Incomplete.Contains(key.Kind) : Counts.ContainsKey((key.Kind, key.Namespace)));

    /// <summary>Whether some object of a kind is known, in any namespace.</summary>
    internal bool HasAny(ObjectKind kind) => Counts.Keys.Any(k => k.Item1 == kind);

    /// <summary>Of manifests, whether one of a kind and namespace is given besides another.</summary>
    internal bool HasOthers(ObjectKey than) => IsWhole || Counts.GetValueOrDefault((than.Kind, than.Namespace)) > (Objects.ContainsKey(than) ? 1 : 0);

    private Index Indexed(ObjectKey key, HashSet<Mention> before, HashSet<Mention> after)
    {
        var index = Mentions;
        var wildcards = 0;
        foreach (var mention in before)
        {
            if (after.Contains(mention))
                continue;
            var rest = Mentioning(mention, key.Kind).Remove(key);
            if (rest.IsEmpty && mention.IsWildcard)
                wildcards--;
            index = rest.IsEmpty ? index.Remove((mention, key.Kind)) : index.SetItem((mention, key.Kind), rest);
        }
        foreach (var mention in after)
        {
            if (before.Contains(mention))
                continue;
            var others = Mentioning(mention, key.Kind);
            if (others.IsEmpty && mention.IsWildcard)
                wildcards++;
            index = index.SetItem((mention, key.Kind), others.Add(key));
        }
        return new Index(index, wildcards == 0 ? Wildcards : Added(Wildcards, key.Kind, wildcards));
    }

    private static ImmutableDictionary<TKey, int> Added<TKey>(ImmutableDictionary<TKey, int> counts, TKey of, int more)
        where TKey : notnull
    {
        var count = counts.GetValueOrDefault(of) + more;
        return count == 0 ? counts.Remove(of) : counts.SetItem(of, count);
    }

    private ImmutableDictionary<(ObjectKind, string), int> Counted(ObjectKey key, int more)
    {
        return IsWhole ? Counts : Added(Counts, (key.Kind, key.Namespace), more);
    }

    /// <summary>Another domain gives short hosts other names: the one change of settings that costs what the cluster holds.</summary>
    private WorldSnapshot Reindexed() =>
        Objects.Aggregate(Copy(objects: [], index: new Index(Mentions.Clear(), Wildcards.Clear()), counts: []), (world, known) =>
            world.With(known.Key, known.Value)
        );

    private WorldSnapshot Copy(
        GuardSettings? settings = null,
        ImmutableDictionary<string, Node>? namespaces = null,
        ImmutableDictionary<ObjectKey, Node>? objects = null,
        Index? index = null,
        ImmutableDictionary<(ObjectKind, string), int>? counts = null,
        ImmutableHashSet<ObjectKind>? incomplete = null
    ) =>
        new()
        {
            Settings = settings ?? Settings,
            Namespaces = namespaces ?? Namespaces,
            Objects = objects ?? Objects,
            Mentions = index?.Mentions ?? Mentions,
            Wildcards = index?.Wildcards ?? Wildcards,
            Counts = counts ?? Counts,
            IsWhole = IsWhole,
            Incomplete = incomplete ?? Incomplete,
        };

    /// <summary>Who mentions what, and how many of it are wildcards that are claimed.</summary>
    private sealed record Index(
        ImmutableDictionary<(Mention, ObjectKind), ImmutableSortedSet<ObjectKey>> Mentions,
        ImmutableDictionary<ObjectKind, int> Wildcards
    );
}
