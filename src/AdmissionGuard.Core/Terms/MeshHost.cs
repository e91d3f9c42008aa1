namespace AdmissionGuard.Core.Terms;

/// <summary>Hosts as Istio reads them (docs/facts/istio.md#hosts).</summary>
internal static class MeshHost
{
    /// <summary>
    /// A host without a dot is a service of the object's namespace; one with a dot, <c>*</c> and IPv6 addresses too, is taken as it is.
    /// </summary>
    public static string Qualify(string host, string @namespace, string clusterDomain) =>
        IsShort(host) ? $"{host}.{@namespace}.svc.{clusterDomain}" : host;

    /// <summary>Whether it is exactly one service of the mesh's own registry: short, or fully qualified.</summary>
    public static bool IsInMesh(string host, string clusterDomain) =>
        !IsWildcard(host)
        && (
            IsShort(host)
            || (
                host.EndsWith(clusterDomain, StringComparison.OrdinalIgnoreCase)
                && host.AsSpan(0, host.Length - clusterDomain.Length).EndsWith(".svc.", StringComparison.OrdinalIgnoreCase)
            )
        );

    /// <summary>
    /// Whether one service of the mesh's own registry or many of them answer to it: in the mesh, or a wildcard such as <c>*.local</c>.
    /// </summary>
    public static bool CoversMesh(string host, string clusterDomain)
    {
        if (!host.StartsWith('*'))
            return IsInMesh(host, clusterDomain);
        var services = $".svc.{clusterDomain}";
        return host.AsSpan(1).EndsWith(services, StringComparison.OrdinalIgnoreCase)
            || services.AsSpan().EndsWith(host.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The first DNS label, and all that follows.</summary>
    public static (string First, string Domain) Split(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (host, "") : (host[..dot], host[dot..]);
    }

    public static bool IsWildcard(string host) => host.Contains('*', StringComparison.Ordinal);

    /// <summary>
    /// What may be written to mean a host, the most specific first: itself, then the wildcards that cover it, one label shorter each.
    /// </summary>
    /// <param name="host">Qualified.</param>
    public static IEnumerable<string> Covering(string host)
    {
        yield return host;
        if (host.Length > LongestName)
            yield break;
        for (var dot = host.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = host.IndexOf('.', dot + 1))
        {
            var wider = "*" + host[dot..];
            if (wider != host)
                yield return wider;
        }
        if (host != "*")
            yield return "*";
    }

    /// <summary>The Service of the mesh's own registry that a host means; null where it is something else.</summary>
    /// <param name="host">Qualified.</param>
    public static ObjectKey? Service(string host, string clusterDomain)
    {
        var suffix = $".svc.{clusterDomain}";
        if (IsWildcard(host) || !host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            return null;
        var (name, rest) = Split(host[..^suffix.Length]);
        return name.Length > 0 && rest.Length > 1 && !rest.AsSpan(1).Contains('.') ? new ObjectKey(ObjectKind.Service, rest[1..], name) : null;
    }

    /// <summary>Of DNS.</summary>
    private const int LongestName = 253;

    private static bool IsShort(string host) => host.Length > 0 && host.AsSpan().IndexOfAny('.', '*', ':') < 0;
}
