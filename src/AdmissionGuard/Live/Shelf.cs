using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Live;

/// <summary>One of our custom resources as it stands.</summary>
/// <param name="Good">The last version without errors; null where none was seen.</param>
/// <param name="Errors">Of the version that is stored now.</param>
internal sealed record Shelved<T>(Node Root, T? Good, IReadOnlyList<PolicyError> Errors)
    where T : class;

/// <summary>Reads a custom resource; null with every error.</summary>
internal delegate T? ReadResource<T>(Node document, out IReadOnlyList<PolicyError> errors)
    where T : class;

/// <summary>
/// The custom resources of one of our kinds. A version with an error does not unseat the good one before it; one that is deleted, or being deleted,
/// is gone at once.
/// </summary>
internal sealed class Shelf<T>(string kind, ReadResource<T> read)
    where T : class
{
    private readonly SortedDictionary<string, Shelved<T>> shelved = new(StringComparer.Ordinal);

    /// <summary>By name.</summary>
    public IEnumerable<T> InForce => shelved.Values.Select(s => s.Good).OfType<T>();

    public IEnumerable<Shelved<T>> All => shelved.Values;

    public IEnumerable<ManifestError> Refused =>
        shelved.SelectMany(s => s.Value.Errors.Select(e => new ManifestError($"{kind} {s.Key}", null, null, e.ToString())));

    public T? Find(string name) => shelved.GetValueOrDefault(name)?.Good;

    /// <summary>Null where it is on its way out.</summary>
    public Shelved<T>? Put(string name, Node root)
    {
        if (root["metadata"u8]["deletionTimestamp"u8].Exists)
        {
            Drop(name);
            return null;
        }
        var good = read(root, out var errors) ?? shelved.GetValueOrDefault(name)?.Good;
        return shelved[name] = new Shelved<T>(root, good, errors);
    }

    public void Drop(string name) => shelved.Remove(name);

    /// <summary>For when what they are measured by has changed.</summary>
    /// <param name="forget">What was good before as well.</param>
    public void ReadAgain(bool forget = false)
    {
        foreach (var (name, entry) in shelved.ToArray())
        {
            if (forget)
                Drop(name);
            Put(name, entry.Root);
        }
    }
}
