using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>The VirtualService that a root's route delegates to (docs/facts/istio.md#delegates).</summary>
internal static class DelegateReference
{
    /// <summary>Null where the route delegates to nobody; without a namespace it is the root's own.</summary>
    public static ObjectKey? Of(Node route, string @namespace)
    {
        var target = route["delegate"u8];
        if (target["name"u8].Text is not { Length: > 0 } name)
            return null;
        var place = target["namespace"u8].Text is { Length: > 0 } other ? other : @namespace;
        return new ObjectKey(ObjectKind.VirtualService, place, name);
    }
}
