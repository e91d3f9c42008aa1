using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Live;

/// <summary>
/// The cluster as changes build it: one immutable snapshot after another. Used by one task; what a change costs depends on its object, not on the
/// cluster.
/// </summary>
internal sealed class ClusterBuilder
{
    private static readonly ObjectKind[] Remembered = [ObjectKind.VirtualService, ObjectKind.HttpRoute, ObjectKind.TrafficSplit];

    private readonly PolicyStore store;
    private readonly TimeProvider time;
    private MeshConfig mesh = MeshConfig.Unknown;
    private bool isStale;

    public ClusterBuilder(PolicyStatus files, TimeProvider time)
    {
        this.time = time;
        store = new PolicyStore(files, time);
        Policies = store.Status();
        Cluster = With(Cluster.Live, Policies, mesh);
    }

    public Cluster Cluster { get; private set; }

    public PolicyStatus Policies { get; private set; }

    /// <summary>Policies, exceptions and settings of the cluster are all known: before, those that are would judge without the others.</summary>
    public bool HasPolicies { get; private set; }

    /// <summary>The kinds that rules in force look up.</summary>
    public IReadOnlyList<ObjectKind> KindsLookedUp { get; private set; } = [];

    /// <summary>The kinds that rules in force judge; the audit asks for those as well.</summary>
    public IReadOnlyList<ObjectKind> KindsJudged { get; private set; } = [];

    /// <summary>Of an object; the statuses to write, of ours.</summary>
    public IEnumerable<ResourceStatus> Take(WatchedKind what, Change change)
    {
        if (what.IsOurs)
        {
            isStale = true;
            var statuses = store.Take(what, change);
            return HasPolicies ? statuses : [];
        }
        var (ns, name) = change.Key;
        var isGone = change.Type == ChangeType.Deleted;
        if (what.Kind is { } remembered)
            Remember(new ObjectKey(remembered, ns, name), isGone ? default : change.Object);
        if (what.Kind is not { } kind)
            Cluster = isGone ? Cluster.WithoutNamespace(name) : Cluster.WithNamespace(name, change.Object);
        else
            Cluster = isGone ? Cluster.Without(new ObjectKey(kind, ns, name)) : Cluster.With(new ObjectKey(kind, ns, name), change.Object);
        return [];
    }

    /// <summary>What routes said until now, where the settings ask for it.</summary>
    private void Remember(ObjectKey key, Node now)
    {
        if (!Cluster.Settings.RemembersShares)
        {
            if (Cluster.Recent.Count > 0)
                Cluster = Cluster.With(RecentObjects.None);
            return;
        }
        if (Array.IndexOf(Remembered, key.Kind) >= 0 && Cluster.World.Find(key) is { Exists: true } was && !was["spec"u8].SameAs(now["spec"u8]))
            Cluster = Cluster.With(Cluster.Recent.With(key, was, time.GetUtcNow()));
    }

    public void Take(PolicyStatus files)
    {
        store.Take(files);
        isStale = true;
    }

    /// <summary>What Istio's own configuration says now; settings win over it.</summary>
    public void Take(MeshConfig config)
    {
        mesh = config;
        isStale = true;
    }

    /// <summary>Every kind of ours is complete.</summary>
    public IEnumerable<ResourceStatus> TakeAllPolicies()
    {
        HasPolicies = true;
        isStale = true;
        return [.. store.Loaded()];
    }

    /// <summary>After some changes: policies that belong together, and what they need.</summary>
    public void Settle()
    {
        if (!isStale || !HasPolicies)
            return;
        isStale = false;
        Policies = store.Status();
        Cluster = With(Cluster, Policies, mesh);
        var rules = Policies.Set.Policies.SelectMany(p => p.Rules).Select(r => r.Rule).Distinct().ToList();
        KindsLookedUp = [.. rules.SelectMany(r => r.Reads).Distinct()];
        KindsJudged = [.. rules.SelectMany(r => r.Kinds).Distinct()];
    }

    /// <summary>Nobody reads the kind any more.</summary>
    public void Forget(ObjectKind kind) => Cluster = Cluster.Without(kind);

    public void MarkIncomplete(IReadOnlyCollection<ObjectKind> incomplete)
    {
        if (!Cluster.Incomplete.SetEquals(incomplete))
            Cluster = Cluster.WithIncomplete(incomplete);
    }

    private static Cluster With(Cluster cluster, PolicyStatus policies, MeshConfig mesh) =>
        cluster.With(policies.Set.Settings.InMesh(mesh)).With(policies.Set.Policies).WithExceptions(policies.Set.Exceptions);
}
