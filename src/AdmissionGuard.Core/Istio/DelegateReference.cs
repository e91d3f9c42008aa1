using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>The VirtualService that a root's route hands on to (docs/facts/istio.md#delegates).</summary>
internal static class DelegateReference
{
    /// <summary>Null where the route delegates to nobody; without a namespace it is the root's own.</summary>
    public static ObjectKey? Of(Node route, string @namespace) =>
        route["delegate"u8] is { Exists: true } target && target["name"u8].Text is { Length: > 0 } name
            ? new ObjectKey(ObjectKind.VirtualService, target["namespace"u8].Text is { Length: > 0 } other ? other : @namespace, name)
            : null;
}
