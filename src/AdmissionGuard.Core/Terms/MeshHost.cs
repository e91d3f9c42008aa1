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
                host.EndsWith(clusterDomain, StringComparison.Ordinal)
                && host.AsSpan(0, host.Length - clusterDomain.Length).EndsWith(".svc.", StringComparison.Ordinal)
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
        return host.AsSpan(1).EndsWith(services, StringComparison.Ordinal) || services.AsSpan().EndsWith(host.AsSpan(1), StringComparison.Ordinal);
    }

    /// <summary>
    /// A wildcard for the end of a Service's name, such as <c>*api.shop.svc.cluster.local</c>: it means that service, whatever stands before.
    /// </summary>
    public static bool IsOfOneService(string host, string clusterDomain) =>
        host is ['*', not '.', ..] && Service(host[1..].TrimStart('-'), clusterDomain) is not null;

    /// <summary>The first DNS label, and all that follows.</summary>
    public static (string First, string Domain) Split(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (host, "") : (host[..dot], host[dot..]);
    }

    /// <summary>Whether a name or wildcard has all of the other's names: <c>*.example.com</c> those of <c>*.shop.example.com</c>.</summary>
    public static bool Covers(string wide, string narrow) =>
        wide == narrow || (wide.StartsWith('*') && narrow.TrimStart('*').EndsWith(wide[1..], StringComparison.Ordinal));

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
        if (IsWildcard(host) || !host.EndsWith(suffix, StringComparison.Ordinal))
            return null;
        var (name, rest) = Split(host[..^suffix.Length]);
        return name.Length > 0 && rest.Length > 1 && !rest.AsSpan(1).Contains('.') ? new ObjectKey(ObjectKind.Service, rest[1..], name) : null;
    }

    /// <summary>The host of a VirtualService as requests are compared with it: without case (docs/facts/istio.md#exact-hosts).</summary>
    public static string OfRequests(string host, string @namespace, string clusterDomain) =>
        Qualify(host, @namespace, clusterDomain).ToLowerInvariant();

    /// <summary>
    /// The namespace of every Service that a wildcard such as <c>*.shop.svc.cluster.local</c> covers; null where they may be in several.
    /// </summary>
    public static string? NamespaceUnder(string wildcard, string clusterDomain)
    {
        var suffix = $".svc.{clusterDomain}";
        if (!wildcard.StartsWith("*.", StringComparison.Ordinal) || !wildcard.EndsWith(suffix, StringComparison.Ordinal))
            return null;
        var rest = wildcard.AsSpan(2);
        return rest.Length > suffix.Length && !rest[..^suffix.Length].Contains('.') ? rest[..^suffix.Length].ToString() : null;
    }

    /// <summary>
    /// The name that was meant where one is written that no service can have: Istio compares exactly, and names of Kubernetes have neither capitals
    /// nor a closing dot (docs/facts/istio.md#exact-hosts). Null where it may be right.
    /// </summary>
    public static string? Meant(string host, string clusterDomain)
    {
        var plain = host.TrimEnd('.').ToLowerInvariant();
        return plain != host && plain.Length > 0 && IsInMesh(plain, clusterDomain) ? plain : null;
    }

    /// <summary>
    /// A name that looks like a service's and is not complete, such as <c>reviews.prod</c> or <c>reviews.svc.cluster.local</c>: Istio adds nothing to
    /// a name with a dot, so that only a ServiceEntry can have it. Names of the internet are not meant.
    /// </summary>
    public static bool IsUnfinished(string host, string clusterDomain)
    {
        if (IsWildcard(host) || IsShort(host) || Service(host, clusterDomain) is not null)
            return false;
        var labels = host.Split('.');
        if (!labels.All(IsLabel))
            return false;
        return IsInMesh(host, clusterDomain)
            || labels is [_, _, "svc"]
            || (labels.Length == 2 && !PublicDomains.Contains(labels[1], StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>What ends so is a name of the internet, which only a ServiceEntry can have; no namespace is called so.</summary>
    private static readonly string[] PublicDomains = ["com", "net", "org", "edu", "gov", "info", "io", "dev", "app"];

    private static bool IsLabel(string label) => label.Length is > 0 and < 64 && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>Of DNS.</summary>
    private const int LongestName = 253;

    private static bool IsShort(string host) => host.Length > 0 && host.AsSpan().IndexOfAny('.', '*', ':') < 0;
}
