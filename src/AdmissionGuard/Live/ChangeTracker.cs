using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Live;

/// <summary>A snapshot of the cluster, and what may differ in it from the one before.</summary>
/// <param name="Objects">Gone ones included; null for all.</param>
internal sealed record ChangedCluster(Cluster Cluster, IReadOnlyCollection<ObjectKey>? Objects, IReadOnlyCollection<string> Namespaces);

/// <summary>
/// What changed since somebody last looked, together with the very snapshot that shows it. Where nobody looks it grows no further than its bound:
/// from then on all is new.
/// </summary>
internal sealed class ChangeTracker
{
    private const int Most = 20_000;

    private readonly Lock gate = new();
    private readonly HashSet<ObjectKey> built = [];
    private readonly HashSet<string> builtNamespaces = new(StringComparer.Ordinal);
    private HashSet<ObjectKey>? objects;
    private HashSet<string> namespaces = new(StringComparer.Ordinal);

    /// <summary>By the task that builds snapshots.</summary>
    public void Note(WatchedKind what, ItemName key)
    {
        if (what.Kind is { } kind)
            built.Add(new ObjectKey(kind, key.Namespace, key.Name));
        else if (!what.IsOurs)
            builtNamespaces.Add(key.Name);
    }

    /// <summary>By the task that builds snapshots: what was noted is in the one that is published now.</summary>
    public void Publish(Action put)
    {
        lock (gate)
        {
            put();
            if (objects is not null)
            {
                objects.UnionWith(built);
                namespaces.UnionWith(builtNamespaces);
                if (objects.Count + namespaces.Count > Most)
                {
                    objects = null;
                    namespaces = new(StringComparer.Ordinal);
                }
            }
        }
        built.Clear();
        builtNamespaces.Clear();
    }

    /// <summary>Null, and nothing is taken, where there is no snapshot.</summary>
    /// <param name="anew">Whoever asks has seen nothing before.</param>
    public ChangedCluster? Take(Func<Cluster?> snapshot, bool anew)
    {
        lock (gate)
        {
            if (snapshot() is not { } cluster)
                return null;
            var looked = new ChangedCluster(cluster, anew ? null : objects, namespaces);
            objects = [];
            namespaces = new(StringComparer.Ordinal);
            return looked;
        }
    }
}
