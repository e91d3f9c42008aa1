using System.Net;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>The address of a provider that is asked over plain http.</summary>
internal static class PlainAddress
{
    private const string Scheme = "http://";

    /// <summary>
    /// The host of a plain http address where it is surely outside: within are names without a dot, <c>service.namespace</c>, <c>*.svc</c> and the
    /// cluster's domain. Of addresses by number, and of arguments, nobody can tell.
    /// </summary>
    public static string? OutsideHost(string? address, string clusterDomain)
    {
        if (address is null || !address.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var rest = address.AsSpan(Scheme.Length);
        var end = rest.IndexOfAny("/?#");
        var authority = end < 0 ? rest : rest[..end];
        if (authority.Contains("{{", StringComparison.Ordinal) && !authority.Contains(":{{", StringComparison.Ordinal))
            return null;
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        if (authority.StartsWith('['))
            return null;
        var port = authority.IndexOf(':');
        var host = (port < 0 ? authority : authority[..port]).TrimEnd('.').ToString();
        var inside =
            host.Count(c => c == '.') < 2
            || IPAddress.TryParse(host, out _)
            || host.EndsWith(".svc", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith("." + clusterDomain, StringComparison.OrdinalIgnoreCase);
        return inside ? null : host;
    }
}
