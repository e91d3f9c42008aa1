using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// Whether Argo reads two parts of a Rollout alike: what a typed client adds to an object without saying anything is no change
/// (docs/facts/argo-rollouts.md#steps-changed).
/// </summary>
internal static class AsArgoReads
{
    /// <summary>
    /// Structs without a pointer in Argo's and Kubernetes' types: Go writes them even when they are empty. A pause without a duration is none.
    /// </summary>
    private static readonly string[] WrittenEmpty = ["analysisRunMetadata", "metadata", "resources", "status"];

    public static bool AreSame(Node one, Node other)
    {
        if (one.SameAs(other))
            return true;
        if (one.IsArray && other.IsArray)
            return one.Count == other.Count && one.Items.Zip(other.Items).All(p => AreSame(p.First, p.Second));
        return one.IsObject && other.IsObject && Covers(one, other) && Covers(other, one);
    }

    private static bool Covers(Node one, Node other)
    {
        foreach (var entry in one.Entries)
        {
            var (mine, theirs) = (entry.Value, other[entry.Name]);
            if (theirs.Exists ? !AreSame(mine, theirs) : mine.Exists && !IsWrittenEmpty(entry.Name, mine))
                return false;
        }
        return true;
    }

    private static bool IsWrittenEmpty(string key, Node value) =>
        value.IsObject && !value.Entries.Any(e => e.Value.Exists) && WrittenEmpty.Contains(key, StringComparer.Ordinal);
}
