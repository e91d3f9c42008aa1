using System.Collections.Frozen;
using System.Collections.Immutable;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rollouts;

namespace AdmissionGuard.Core.Evaluation;

public readonly record struct ObjectKey(ObjectKind Kind, string Namespace, string Name);

/// <summary>An immutable picture of what is known: objects, policies, settings. A change makes a new one; a review reads one and only one.</summary>
public sealed class Cluster
{
    public static Cluster Empty { get; } = new();

    public GuardSettings Settings { get; private init; } = GuardSettings.Default;

    /// <summary>By name.</summary>
    public ImmutableArray<GuardPolicy> Policies { get; private init; } = [];

    /// <summary>Kinds of which not every object may be known, because they are not loaded yet or their watch is lost: rules that read one warn at most. None where files are the cluster.</summary>
    public ImmutableHashSet<ObjectKind> Incomplete { get; private init; } = [];

    /// <summary>The labels that some policy selects objects by: what changes one of them is no change of nothing.</summary>
    internal ImmutableArray<string> SelectedLabels { get; private init; } = [];

    /// <summary>Each under every object that it names.</summary>
    private FrozenDictionary<ObjectKey, ImmutableArray<GuardException>> Exceptions { get; init; } = FrozenDictionary<ObjectKey, ImmutableArray<GuardException>>.Empty;

    private ImmutableDictionary<string, Node> Namespaces { get; init; } = ImmutableDictionary<string, Node>.Empty;

    private ImmutableDictionary<ObjectKey, Node> Objects { get; init; } = ImmutableDictionary<ObjectKey, Node>.Empty;

    /// <summary>For an object, who refers to it: the index that makes a look-up's cost independent of the cluster's size.</summary>
    private ImmutableDictionary<ObjectKey, ImmutableHashSet<ObjectKey>> Referrers { get; init; } = ImmutableDictionary<ObjectKey, ImmutableHashSet<ObjectKey>>.Empty;

    public Cluster With(IEnumerable<GuardPolicy> policies) => Copy(policies: [.. policies.OrderBy(p => p.Name, StringComparer.Ordinal)]);

    public Cluster With(GuardSettings settings) => Copy(settings: settings);

    public Cluster WithIncomplete(IEnumerable<ObjectKind> kinds) => Copy(incomplete: [.. kinds]);

    /// <summary>Instead of those before. One that has ended is kept: what it covered is not ratcheted.</summary>
    public Cluster WithExceptions(IEnumerable<GuardException> exceptions) => Copy(exceptions: exceptions
        .OrderBy(e => e.Name, StringComparer.Ordinal)
        .SelectMany(e => e.Objects.Distinct().Select(o => (Object: o, Exception: e)))
        .GroupBy(x => x.Object, x => x.Exception)
        .ToFrozenDictionary(g => g.Key, g => g.ToImmutableArray()));

    /// <summary>With a Namespace object added, or replacing the one of its name; selectors read its labels.</summary>
    public Cluster WithNamespace(string name, Node root) => Copy(namespaces: Namespaces.SetItem(name, root));

    public Cluster WithoutNamespace(string name) => Copy(namespaces: Namespaces.Remove(name));

    /// <summary>With an object added, or replacing the one of its name.</summary>
    public Cluster With(ObjectKey key, Node root)
    {
        var referrers = Without(key).Referrers;
        foreach (var target in References.Of(key, root))
        {
            referrers = referrers.SetItem(target, referrers.GetValueOrDefault(target, []).Add(key));
        }
        return Copy(objects: Objects.SetItem(key, root), referrers: referrers);
    }

    public Cluster Without(ObjectKey key)
    {
        if (!Objects.TryGetValue(key, out var root)) return this;
        var referrers = Referrers;
        foreach (var target in References.Of(key, root))
        {
            if (referrers.TryGetValue(target, out var known)) referrers = known.Count == 1 ? referrers.Remove(target) : referrers.SetItem(target, known.Remove(key));
        }
        return Copy(objects: Objects.Remove(key), referrers: referrers);
    }

    /// <summary>For when no rule reads the kind any more; the one change that costs what the cluster holds.</summary>
    public Cluster Without(ObjectKind kind) => Objects.Keys.Where(k => k.Kind == kind).Aggregate(this, (cluster, key) => cluster.Without(key));

    /// <summary>Whether all that the rule reads besides the object is known.</summary>
    internal bool Knows(Rule rule)
    {
        if (Incomplete.IsEmpty) return true;
        foreach (var kind in rule.Reads)
        {
            if (Incomplete.Contains(kind)) return false;
        }
        return true;
    }

    internal ImmutableArray<GuardException> ExceptionsFor(ObjectKey key) => Exceptions.Count == 0 ? [] : Exceptions.GetValueOrDefault(key, []);

    /// <summary>The Namespace object, or the absent node where it is not known.</summary>
    internal Node NamespaceOf(string name) => Namespaces.GetValueOrDefault(name);

    /// <summary>Whether the namespace is being deleted, and all that is in it.</summary>
    internal bool IsEnding(string @namespace) => NamespaceOf(@namespace)["metadata"u8]["deletionTimestamp"u8].Exists;

    internal bool TryFind(ObjectKey key, out Node root) => Objects.TryGetValue(key, out root);

    internal ImmutableHashSet<ObjectKey> ReferrersOf(ObjectKey key) => Referrers.GetValueOrDefault(key, []);

    private Cluster Copy(
        GuardSettings? settings = null,
        ImmutableArray<GuardPolicy>? policies = null,
        FrozenDictionary<ObjectKey, ImmutableArray<GuardException>>? exceptions = null,
        ImmutableDictionary<string, Node>? namespaces = null,
        ImmutableDictionary<ObjectKey, Node>? objects = null,
        ImmutableDictionary<ObjectKey, ImmutableHashSet<ObjectKey>>? referrers = null,
        ImmutableHashSet<ObjectKind>? incomplete = null) => new()
        {
            Settings = settings ?? Settings,
            Policies = policies ?? Policies,
            SelectedLabels = policies is { } own ? LabelsThatSelect(own) : SelectedLabels,
            Exceptions = exceptions ?? Exceptions,
            Namespaces = namespaces ?? Namespaces,
            Objects = objects ?? Objects,
            Referrers = referrers ?? Referrers,
            Incomplete = incomplete ?? Incomplete,
        };

    private static ImmutableArray<string> LabelsThatSelect(ImmutableArray<GuardPolicy> policies) =>
        [.. policies.SelectMany(p => p.Match.ObjectSelector?.Requirements ?? []).Select(r => r.Key).Distinct(StringComparer.Ordinal)];
}

/// <summary>The cluster with the object under review laid over it: the world as it would be after admission.</summary>
public readonly struct View(Cluster cluster, ObjectKey? overlaid, Node overlay)
{
    public GuardSettings Settings => cluster.Settings;

    /// <summary>The object, or the absent node where it is not known.</summary>
    public Node Find(ObjectKey key)
    {
        if (key == overlaid) return overlay;
        return cluster.TryFind(key, out var root) ? root : default;
    }

    /// <summary>The objects of a kind that refer to this one, in the order of their names.</summary>
    public IEnumerable<(ObjectKey Key, Node Root)> ReferrersOf(ObjectKey target, ObjectKind kind)
    {
        var keys = cluster.ReferrersOf(target);
        if (overlaid is { } mine && mine.Kind == kind)
        {
            keys = References.Of(mine, overlay).Contains(target) ? keys.Add(mine) : keys.Remove(mine);
        }
        if (keys.Count == 0) return [];
        var view = this;
        return keys
            .Where(k => k.Kind == kind)
            .OrderBy(k => k.Namespace, StringComparer.Ordinal).ThenBy(k => k.Name, StringComparer.Ordinal)
            .Select(k => (k, view.Find(k)));
    }
}
