namespace AdmissionGuard.Core.Istio;

/// <summary>Hosts as Istio reads them (facts 1.5).</summary>
internal static class Host
{
    /// <summary>A host without a dot is a service of the object's namespace; one with a dot, <c>*</c> and IPv6 addresses too, is taken as it is.</summary>
    public static string Qualify(string host, string @namespace, string clusterDomain) => IsShort(host) ? $"{host}.{@namespace}.svc.{clusterDomain}" : host;

    /// <summary>Whether it is exactly one service of the mesh's own registry: short, or fully qualified.</summary>
    public static bool IsInMesh(string host, string clusterDomain) =>
        !IsWildcard(host)
        && (IsShort(host)
            || (host.EndsWith(clusterDomain, StringComparison.OrdinalIgnoreCase) && host.AsSpan(0, host.Length - clusterDomain.Length).EndsWith(".svc.", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether one service of the mesh's own registry or many of them answer to it: in the mesh, or a wildcard such as <c>*.local</c>.</summary>
    public static bool CoversMesh(string host, string clusterDomain)
    {
        if (!host.StartsWith('*')) return IsInMesh(host, clusterDomain);
        var services = $".svc.{clusterDomain}";
        return host.AsSpan(1).EndsWith(services, StringComparison.OrdinalIgnoreCase) || services.AsSpan().EndsWith(host.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The first DNS label, and all that follows.</summary>
    public static (string First, string Domain) Split(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (host, "") : (host[..dot], host[dot..]);
    }

    public static bool IsWildcard(string host) => host.Contains('*', StringComparison.Ordinal);

    private static bool IsShort(string host) => host.Length > 0 && host.AsSpan().IndexOfAny('.', '*', ':') < 0;
}
