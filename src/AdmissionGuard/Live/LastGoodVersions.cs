using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Files;

namespace AdmissionGuard.Live;

/// <summary>One of our custom resources as it stands.</summary>
/// <param name="Good">The last version without errors; null where none was seen.</param>
/// <param name="Errors">Of the version that is stored now.</param>
internal sealed record StoredVersion<T>(Node Root, T? Good, IReadOnlyList<PolicyError> Errors)
    where T : class;

/// <summary>Reads a custom resource; null with every error.</summary>
internal delegate T? ReadResource<T>(Node document, out IReadOnlyList<PolicyError> errors)
    where T : class;

/// <summary>
/// The custom resources of one of our kinds. A version with an error does not unseat the good one before it; one that is deleted, or being deleted,
/// is gone at once.
/// </summary>
internal sealed class LastGoodVersions<T>(string kind, ReadResource<T> read)
    where T : class
{
    private readonly SortedDictionary<string, StoredVersion<T>> stored = new(StringComparer.Ordinal);

    /// <summary>By name.</summary>
    public IEnumerable<T> InForce => stored.Values.Select(s => s.Good).OfType<T>();

    public IEnumerable<StoredVersion<T>> All => stored.Values;

    public IEnumerable<ManifestError> Refused =>
        stored.SelectMany(s => s.Value.Errors.Select(e => new ManifestError($"{kind} {s.Key}", null, null, e.ToString())));

    public T? Find(string name) => stored.GetValueOrDefault(name)?.Good;

    /// <summary>Null where it is on its way out.</summary>
    public StoredVersion<T>? Put(string name, Node root)
    {
        if (root["metadata"u8]["deletionTimestamp"u8].Exists)
        {
            Drop(name);
            return null;
        }
        var good = read(root, out var errors) ?? stored.GetValueOrDefault(name)?.Good;
        return stored[name] = new StoredVersion<T>(root, good, errors);
    }

    public void Drop(string name) => stored.Remove(name);

    /// <summary>For when what they are measured by has changed.</summary>
    /// <param name="forget">What was good before as well.</param>
    public void ReadAgain(bool forget = false)
    {
        foreach (var (name, entry) in stored.ToArray())
        {
            if (forget)
                Drop(name);
            Put(name, entry.Root);
        }
    }
}
