using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>Which objects an object names.</summary>
internal static class References
{
    public static IEnumerable<ObjectKey> Of(ObjectKey key, Node root) =>
        key.Kind == ObjectKind.Rollout ? new IstioRouting(root, key.Namespace).VirtualServices.Select(v => v.Key) : [];
}
