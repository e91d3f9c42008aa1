using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Relations;

/// <summary>Whose requests are asked about.</summary>
/// <param name="Namespace">Null for some namespace that has no rules of its own.</param>
/// <param name="Labels">What a <c>workloadSelector</c> picks it by; absent for a pod that none picks.</param>
internal readonly record struct Caller(string? Namespace, Node Labels = default)
{
    /// <summary>Whether a pod with these labels is picked; a selector without labels picks every pod.</summary>
    public bool IsSelectedBy(Node selector)
    {
        foreach (var label in selector["matchLabels"u8].Entries)
        {
            if (!Labels[label.Name].SameAs(label.Value))
                return false;
        }
        return true;
    }
}
