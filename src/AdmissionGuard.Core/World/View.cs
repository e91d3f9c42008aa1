using System.Collections.Immutable;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.World;

/// <summary>Whether an object exists, as far as can be told.</summary>
public enum Presence
{
    /// <summary>Nobody can tell: it is not among the manifests given, and nothing of its kind and namespace is; or its kind is not loaded.</summary>
    Unknown,

    /// <summary>Of a live cluster: it does not exist. Of manifests: others of its kind and namespace are given, it is not.</summary>
    Absent,

    Here,
}

/// <summary>
/// The cluster with the object under review laid over it: the world as it would be after admission, without it on DELETE.
/// What is being deleted refers to nothing any more. Every look-up goes by an index.
/// </summary>
public sealed class View
{
    private readonly WorldSnapshot world;
    private readonly ObjectKey mine;
    private readonly Node overlay;
    private readonly HashSet<LookUp>? trail;
    private readonly HashSet<Mention>?[] mentions = new HashSet<Mention>?[Enum.GetValues<Mentioned>().Length];
    private bool? claimsWildcards;
    private string? reader;
    private IReadOnlyList<ObjectKind> reads = [];

    /// <param name="overlay">The absent node where the object goes.</param>
    /// <param name="trail">Takes every look-up, for whoever judges again when one of them would have another answer.</param>
    internal View(WorldSnapshot world, ObjectKey mine, Node overlay, HashSet<LookUp>? trail = null)
    {
        this.world = world;
        this.mine = mine;
        this.overlay = overlay;
        this.trail = trail;
    }

    public GuardSettings Settings => world.Settings;

    /// <summary>Whether the cluster is a live one: what is not there does not exist. Of manifests only those given are known.</summary>
    public bool IsWhole => world.IsWhole;

    /// <summary>The object, or the absent node where it is not known.</summary>
    public Node Find(ObjectKey key)
    {
        Declared(key.Kind);
        if (key == mine)
            return overlay;
        trail?.Add(LookUp.Object(key));
        return world.TryFind(key, out var root) ? root : default;
    }

    /// <summary>As <see cref="Find"/>, and whether its absence says anything.</summary>
    public Presence Look(ObjectKey key, out Node root)
    {
        root = Find(key);
        if (root.Exists)
            return Presence.Here;
        if (key == mine)
            return Presence.Absent;
        if (world.Lacks(key))
            return Presence.Absent;
        return Presence.Unknown;
    }

    /// <summary>Whether the absence of an object of this kind in a namespace says anything: of manifests, that others of it are given.</summary>
    public bool KnowsAny(ObjectKind kind, string @namespace)
    {
        Declared(kind);
        return mine.Kind == kind && mine.Namespace == @namespace || world.Lacks(new ObjectKey(kind, @namespace, ""));
    }

    /// <summary>
    /// Of manifests, whether those of a kind are given for some namespaces at least: what is missing may then be somewhere else, and is worth an
    /// entry for whoever asks for all findings. Never of a cluster, in which what is missing is known to be.
    /// </summary>
    public bool IsGivenInPart(ObjectKind kind)
    {
        Declared(kind);
        return !world.IsWhole && world.HasAny(kind);
    }

    /// <summary>As <see cref="Look"/> for an object of the kind of the one under review: its own presence says nothing of others.</summary>
    public Presence LookBesideMine(ObjectKey key, out Node root)
    {
        var presence = Look(key, out root);
        return presence == Presence.Absent && key != mine && key.Kind == mine.Kind && key.Namespace == mine.Namespace && !world.HasOthers(mine)
            ? Presence.Unknown
            : presence;
    }

    /// <summary>The Namespace object, or the absent node where it is not known.</summary>
    public Node NamespaceOf(string name)
    {
        trail?.Add(LookUp.Namespace(name));
        return world.NamespaceOf(name);
    }

    /// <summary>The objects of a kind that name this one, in the order of their names.</summary>
    public IEnumerable<(ObjectKey Key, Node Root)> ReferrersOf(ObjectKey target, ObjectKind kind) => Mentioning(Mention.Of(target), kind);

    /// <summary>
    /// The objects of a kind that are for a host: that route it, have its policies, or define it. Wildcards are hosts of their own.
    /// </summary>
    /// <param name="host">Qualified.</param>
    public IEnumerable<(ObjectKey Key, Node Root)> Claiming(string host, ObjectKind kind) => Mentioning(Mention.Claim(host), kind);

    /// <summary>
    /// What objects of a kind may claim to mean a host, as <see cref="MeshHost.Covering"/>: without the wildcards where nobody claims any.
    /// </summary>
    /// <param name="host">Qualified.</param>
    internal IEnumerable<string> Covering(string host, ObjectKind kind)
    {
        Declared(kind);
        var isExact =
            trail is null
            && !world.HasWildcards(kind)
            && !(mine.Kind == kind && overlay.Exists && (claimsWildcards ??= Mine(Mentioned.HostClaimed).Any(c => c.IsWildcard)));
        return isExact ? [host] : MeshHost.Covering(host);
    }

    /// <summary>As <see cref="Claiming(string, ObjectKind)"/>, of one namespace: what others have costs nothing.</summary>
    public IEnumerable<(ObjectKey Key, Node Root)> Claiming(string host, ObjectKind kind, string @namespace) =>
        Mentioning(Mention.Claim(host), kind, @namespace);

    /// <summary>The DestinationRules for hosts that a wildcard covers, or the Services under one.</summary>
    /// <param name="pattern">The wildcard as it is written.</param>
    public IEnumerable<(ObjectKey Key, Node Root)> ClaimingUnder(string pattern, ObjectKind kind) => Mentioning(Mention.ClaimUnder(pattern), kind);

    /// <summary>The ReferenceGrants of a namespace.</summary>
    public IEnumerable<(ObjectKey Key, Node Root)> GrantsOf(string @namespace) => Mentioning(Mention.Grant(@namespace), ObjectKind.ReferenceGrant);

    /// <summary>The objects of a kind that send traffic to a host.</summary>
    /// <param name="host">Qualified.</param>
    public IEnumerable<(ObjectKey Key, Node Root)> Addressing(string host, ObjectKind kind) => Mentioning(Mention.Address(host), kind);

    /// <summary>The objects of a kind that send traffic to a subset of a host.</summary>
    /// <param name="host">Qualified.</param>
    public IEnumerable<(ObjectKey Key, Node Root)> Addressing(string host, string subset, ObjectKind kind) =>
        Mentioning(Mention.Address(host, subset), kind);

    /// <summary>
    /// The same world with what a controller will make of the object too, for a look at one of these. Its look-ups count as those of this view.
    /// </summary>
    internal View Making(ObjectKey key, IReadOnlyList<(ObjectKey Key, Node Root)> made)
    {
        var with = overlay.Exists ? world.With(mine, overlay) : world;
        foreach (var (other, root) in made)
            with = with.With(other, root);
        return new View(with, key, made.First(m => m.Key == key).Root, trail);
    }

    /// <summary>Says who looks: a rule sees only kinds that it declares, because others may not be loaded.</summary>
    /// <param name="reader">The rule's id.</param>
    /// <param name="reads">The kinds that it declares.</param>
    internal View For(string reader, IReadOnlyList<ObjectKind> reads)
    {
        this.reader = reader;
        this.reads = reads;
        return this;
    }

    private IEnumerable<(ObjectKey Key, Node Root)> Mentioning(Mention mention, ObjectKind kind, string? @namespace = null)
    {
        Declared(kind);
        trail?.Add(new LookUp(mention, kind));
        var keys = world.Mentioning(mention, kind);
        if (mine.Kind == kind)
        {
            if (Says(mention))
                keys = keys.Add(mine);
            else if (!keys.IsEmpty)
                keys = keys.Remove(mine);
        }
        if (keys.IsEmpty)
            return [];
        return Roots(@namespace is null ? keys : In(@namespace, keys, kind));
    }

    /// <summary>Whether the object under review mentions it.</summary>
    private bool Says(Mention mention) => overlay.Exists && Mine(mention.How).Contains(mention);

    private HashSet<Mention> Mine(Mentioned how) => mentions[(int)how] ??= References.Of(mine, overlay, Settings.ClusterDomain, how);

    /// <summary>The part of the order that is a namespace's, found by halving.</summary>
    private static IEnumerable<ObjectKey> In(string @namespace, ImmutableSortedSet<ObjectKey> keys, ObjectKind kind)
    {
        var first = keys.IndexOf(new ObjectKey(kind, @namespace, ""));
        for (var i = first < 0 ? ~first : first; i < keys.Count && keys[i].Namespace == @namespace; i++)
            yield return keys[i];
    }

    private IEnumerable<(ObjectKey Key, Node Root)> Roots(IEnumerable<ObjectKey> keys)
    {
        foreach (var key in keys)
        {
            Node root;
            if (key == mine)
                root = overlay;
            else if (world.TryFind(key, out var known))
                root = known;
            else
                root = default;
            // an edit of what is being deleted is judged by what it says: it counts until its finalizers are gone
            if (key == mine || !root["metadata"u8]["deletionTimestamp"u8].Exists)
                yield return (key, root);
        }
    }

    private void Declared(ObjectKind kind)
    {
        if (reader is not null && !reads.Contains(kind))
            throw new InvalidOperationException($"rule {reader} looks up {kind}, which it does not declare");
    }
}
