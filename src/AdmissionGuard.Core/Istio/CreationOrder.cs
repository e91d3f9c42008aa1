using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// The order in which Istio takes objects that are for the same host (docs/facts/istio.md#creation-order): by creation time, to the second; then by
/// name, then by namespace.
/// </summary>
internal static class CreationOrder
{
    /// <summary>What has no time yet is being created.</summary>
    public static Comparer<(ObjectKey Key, Node Root)> OldestFirst { get; } =
        Comparer<(ObjectKey Key, Node Root)>.Create(
            (a, b) =>
            {
                var order = string.CompareOrdinal(TimeOf(a.Root) ?? "~", TimeOf(b.Root) ?? "~");
                if (order == 0)
                    order = string.CompareOrdinal(a.Key.Name, b.Key.Name);
                return order == 0 ? string.CompareOrdinal(a.Key.Namespace, b.Key.Namespace) : order;
            }
        );

    /// <summary>False where neither has a time, as in manifests: then it is decided when they are applied.</summary>
    public static bool IsKnown(Node a, Node b) => TimeOf(a) is not null || TimeOf(b) is not null;

    private static string? TimeOf(Node root) => root["metadata"u8]["creationTimestamp"u8].Text;
}
