using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Live;

/// <summary>A picture, and what may differ in it from the one before.</summary>
/// <param name="Objects">Gone ones included; null for all.</param>
internal sealed record Looked(Cluster Cluster, IReadOnlyCollection<ObjectKey>? Objects, IReadOnlyCollection<string> Namespaces);

/// <summary>
/// What changed since somebody last looked, together with the very picture that shows it. Where nobody looks it grows no further than its bound: from
/// then on all is new.
/// </summary>
internal sealed class Changes
{
    private const int Most = 20_000;

    private readonly Lock gate = new();
    private readonly HashSet<ObjectKey> drawn = [];
    private readonly HashSet<string> drawnNamespaces = new(StringComparer.Ordinal);
    private HashSet<ObjectKey>? objects;
    private HashSet<string> namespaces = new(StringComparer.Ordinal);

    /// <summary>By the task that draws.</summary>
    public void Note(Watched what, ItemName key)
    {
        if (what.Kind is { } kind)
            drawn.Add(new ObjectKey(kind, key.Namespace, key.Name));
        else if (!what.IsOurs)
            drawnNamespaces.Add(key.Name);
    }

    /// <summary>By the task that draws: what was noted is in the picture that is put up now.</summary>
    public void Publish(Action put)
    {
        lock (gate)
        {
            put();
            if (objects is not null)
            {
                objects.UnionWith(drawn);
                namespaces.UnionWith(drawnNamespaces);
                if (objects.Count + namespaces.Count > Most)
                    (objects, namespaces) = (null, new(StringComparer.Ordinal));
            }
        }
        drawn.Clear();
        drawnNamespaces.Clear();
    }

    /// <summary>Null, and nothing is taken, where there is no picture.</summary>
    /// <param name="anew">Whoever asks has seen nothing before.</param>
    public Looked? Take(Func<Cluster?> picture, bool anew)
    {
        lock (gate)
        {
            if (picture() is not { } cluster)
                return null;
            var looked = new Looked(cluster, anew ? null : objects, namespaces);
            (objects, namespaces) = ([], new(StringComparer.Ordinal));
            return looked;
        }
    }
}
