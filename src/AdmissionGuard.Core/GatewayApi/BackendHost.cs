using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.GatewayApi;

/// <summary>The host that a backend of an HTTPRoute stands for.</summary>
internal static class BackendHost
{
    /// <summary>
    /// Of a Service (the default) its name in the cluster's domain; of a ServiceImport that of all clusters (KEP-1645); of Istio's Hostname the name
    /// itself. Any other kind
    /// gets a name of its own, so that two of them are never taken for one. Null where there is no name.
    /// </summary>
    public static string? Of(Node backend, string @namespace, string clusterDomain)
    {
        if (backend["name"u8].Text is not { Length: > 0 } name)
            return null;
        if (backend["namespace"u8].Text is { Length: > 0 } other)
            @namespace = other;
        var group = backend["group"u8].Text ?? "";
        var kind = backend["kind"u8].Text is { Length: > 0 } text ? text : "Service";
        return (group, kind) switch
        {
            ("", "Service") => $"{name}.{@namespace}.svc.{clusterDomain}",
            ("multicluster.x-k8s.io", "ServiceImport") => $"{name}.{@namespace}.svc.clusterset.local",
            (ApiGroups.Istio, "Hostname") => name,
            _ => $"{name}.{@namespace}.{kind}.{group}",
        };
    }
}
