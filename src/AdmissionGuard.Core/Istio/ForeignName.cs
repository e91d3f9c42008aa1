using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>Whose Services a host of a VirtualService means.</summary>
/// <param name="Namespace">Null where they may be in several.</param>
/// <param name="Service">Null of a wildcard.</param>
/// <param name="IsComplete">
/// False of <c>pay.bank</c> and <c>pay.bank.svc</c>: no service has this host, but callers who write it are sent by this object.
/// </param>
internal sealed record ForeignName(string? Namespace, ObjectKey? Service, bool IsComplete)
{
    public bool IsOf(string @namespace) => Namespace == @namespace;

    /// <summary>Qualified, as requests are compared: without case, and without the dot that may close a name.</summary>
    public static string Plain(string host, string @namespace, string clusterDomain) =>
        MeshHost.OfRequests(host.Length > 1 && host.EndsWith('.') ? host[..^1] : host, @namespace, clusterDomain);

    /// <summary>Null where no Service of the mesh is meant.</summary>
    /// <param name="host">As <see cref="Plain"/> gives it.</param>
    public static ForeignName? Of(string host, string clusterDomain)
    {
        if (host.StartsWith('*'))
            return MeshHost.CoversMesh(host, clusterDomain) ? OfWildcard(host, clusterDomain) : null;
        if (MeshHost.Service(host, clusterDomain) is { } service)
            return new ForeignName(service.Namespace, service, true);
        if (!MeshHost.IsUnfinished(host, clusterDomain))
            return null;
        var labels = host.Split('.');
        return labels.Length < 2 || labels[1] == "svc"
            ? null
            : new ForeignName(labels[1], new ObjectKey(ObjectKind.Service, labels[1], labels[0]), false);
    }

    /// <summary><c>*.bank.svc.cluster.local</c> and <c>*y.bank.svc.cluster.local</c> are of one namespace.</summary>
    private static ForeignName OfWildcard(string host, string clusterDomain)
    {
        var suffix = $".svc.{clusterDomain}";
        var names = host.EndsWith(suffix, StringComparison.Ordinal) ? host[1..^suffix.Length] : "";
        var dot = names.LastIndexOf('.');
        return new ForeignName(dot >= 0 && dot < names.Length - 1 ? names[(dot + 1)..] : null, null, true);
    }
}
