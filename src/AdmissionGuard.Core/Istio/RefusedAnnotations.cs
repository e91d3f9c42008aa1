using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>Annotations with which Istio refuses any object (istio/istio 1.32, pkg/config/validation/validation.go, validateMetadata).</summary>
internal static class RefusedAnnotations
{
    private static readonly string[] Refused =
    [
        "istio.io/dry-run",
        "internal.istio.io/webhook-always-reject",
        "internal.istio.io/parent-namespace",
        "internal.istio.io/parents",
    ];

    public static void Check(Node root, Refusals to)
    {
        var annotations = root["metadata"u8]["annotations"u8];
        foreach (var name in Refused)
        {
            if (annotations[name].Exists)
                to.Add(annotations[name], $"annotation {name}", $"the annotation {name} is not allowed on this kind, remove it");
        }
    }
}
