using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Routing;

/// <summary>Who sends a request, as far as proxies tell callers apart: each has a table of its own.</summary>
/// <param name="Namespace">Null for some namespace that nothing names.</param>
/// <param name="Labels">Of its pod.</param>
/// <param name="Gateway">The gateway as <c>namespace/name</c> that the request comes through; null for a sidecar.</param>
/// <param name="Port">Of the service, or of the gateway.</param>
internal readonly record struct RouteCaller(string? Namespace, Node Labels, string? Gateway, long Port)
{
    public override string ToString()
    {
        var at = Gateway?.Contains(' ', StringComparison.Ordinal) == true ? "" : "gateway ";
        var from = Gateway is null ? "" : $" at {at}{Shown.Clip(Gateway, 100)}";
        var whose = Gateway is null && Namespace is not null ? $" from namespace {Shown.Clip(Namespace, 63)}" : "";
        var labels = Labels.Exists ? $" by pods with {string.Join(", ", Labels.Entries.Select(l => $"{l.Name}={l.Value}").Take(3))}" : "";
        return from + whose + labels;
    }
}

/// <summary>
/// What an entry of a VirtualService asks of the proxy: control planes decide it when they write the routes of a proxy
/// (docs/facts/istio.md#match-conditions).
/// </summary>
/// <param name="Gateways">Each as <c>namespace/name</c> or <c>mesh</c>; where some are named, labels and namespace are not read.</param>
internal sealed record CallerMatch(long? Port, string? Namespace, IReadOnlyList<KeyValuePair<string, Node>> Labels, IReadOnlyList<string> Gateways)
{
    public bool Takes(RouteCaller caller)
    {
        if (Port is { } port && port != caller.Port)
            return false;
        if (Gateways.Count > 0)
            return Gateways.Contains(caller.Gateway ?? Istio.Attachment.Mesh, StringComparer.Ordinal);
        foreach (var label in Labels)
        {
            if (!caller.Labels[label.Key].SameAs(label.Value))
                return false;
        }
        return Namespace is null || Namespace == caller.Namespace;
    }
}
