using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.GatewayApi;

/// <summary>
/// One backend for which Istio drops all rules of an HTTPRoute, and says nothing of it in Accepted (docs/facts/gateway-api.md#dropped-route;
/// pilot/pkg/config/kube/gateway/conversion.go, buildDestination).
/// </summary>
internal static class HttpRouteFaults
{
    public static bool DropsAll(Node spec) => Find(spec) is not null;

    /// <summary>What it is, and why; null where nothing is wrong.</summary>
    public static (Node At, string Because)? Find(Node spec)
    {
        foreach (var rule in spec["rules"u8].Items)
        {
            foreach (var filter in rule["filters"u8].Items)
            {
                if (!IsKnown(filter["type"u8].Text))
                    return (filter, $"Istio does not know the filter {Shown.Value(filter["type"u8])}");
            }
            if (OfBackends(rule["backendRefs"u8]) is { } fault)
                return fault;
        }
        return null;
    }

    private static (Node, string)? OfBackends(Node backends)
    {
        foreach (var backend in backends.Items)
        {
            if (backend["weight"u8].TryGetDouble(out var weight) && weight == 0)
                continue;
            var group = backend["group"u8].Text ?? "";
            var kind = backend["kind"u8].Text is { Length: > 0 } text ? text : "Service";
            var name = backend["name"u8];
            if (group.Length == 0 && kind == "Service" && name.Text?.Contains('.', StringComparison.Ordinal) == true)
                return (name, $"the backend name {Shown.Value(name)} has a dot, and a Service is named without its namespace");
            if (group == ApiGroups.Istio && kind == "Hostname" && backend["namespace"u8].Exists)
                return (backend["namespace"u8], "a backend of kind Hostname has no namespace");
            if (IsAddressed(group, kind) && !backend["port"u8].Exists)
                return (backend, $"the backend {Shown.Value(name)} has no port");
        }
        return null;
    }

    private static bool IsAddressed(string group, string kind) =>
        (group, kind) is ("", "Service") or (ApiGroups.Istio, "Hostname") or ("multicluster.x-k8s.io", "ServiceImport");

    private static bool IsKnown(string? filter) =>
        filter is null or "RequestHeaderModifier" or "ResponseHeaderModifier" or "RequestRedirect" or "RequestMirror" or "URLRewrite" or "CORS";
}
