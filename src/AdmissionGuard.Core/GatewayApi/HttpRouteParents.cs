using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.GatewayApi;

/// <summary>What an HTTPRoute is attached to.</summary>
internal static class HttpRouteParents
{
    /// <summary>Before the name of a Gateway.</summary>
    public const string Gateway = "gateway ";

    /// <summary>A Service by its qualified host, a Gateway as <c>gateway namespace/name</c>; other kinds are left out.</summary>
    public static IEnumerable<string> Of(Node spec, string @namespace, string clusterDomain)
    {
        foreach (var item in spec["parentRefs"u8].Items)
        {
            if (item["name"u8].Text is not { Length: > 0 } name)
                continue;
            var place = item["namespace"u8].Text is { Length: > 0 } other ? other : @namespace;
            var kind = item["kind"u8].Text is { Length: > 0 } text ? text : "Gateway";
            if (kind == "Service")
                yield return MeshHost.Qualify($"{name}.{place}.svc.{clusterDomain}", place, clusterDomain);
            else if (kind == "Gateway")
                yield return $"{Gateway}{place}/{name}";
        }
    }

    public static bool IsGateway(string parent) => parent.StartsWith(Gateway, StringComparison.Ordinal);
}
