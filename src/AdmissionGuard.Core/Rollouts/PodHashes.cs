using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>The label by which Argo tells a subset's pods (docs/facts/argo-rollouts.md#pod-hash).</summary>
internal static class PodHashes
{
    /// <summary>Whether a DestinationRule changes in nothing but these labels, as when Argo cleans up behind a Rollout.</summary>
    public static bool IsAllThatChanges(Node old, Node now)
    {
        foreach (var entry in old.Entries)
        {
            if (entry.Name != "subsets" && !now[entry.Name].SameAs(entry.Value))
                return false;
        }
        var (before, after) = (old["subsets"u8], now["subsets"u8]);
        return now.Entries.All(e => old[e.Name].Exists)
            && before.Count == after.Count
            && before.Items.Zip(after.Items).All(p => AreSameButForHash(p.First, p.Second));
    }

    private static bool AreSameButForHash(Node old, Node now) =>
        Keys(old, now).All(k => k == "labels" || old[k].SameAs(now[k]))
        && Keys(old["labels"u8], now["labels"u8]).All(k => k == StoredVersions.HashLabel || old["labels"u8][k].SameAs(now["labels"u8][k]));

    private static IEnumerable<string> Keys(Node one, Node other) =>
        one.Entries.Select(e => e.Name).Concat(other.Entries.Select(e => e.Name)).Distinct(StringComparer.Ordinal);
}
