using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.GatewayApi;

/// <summary>One of the <c>parentRefs</c> of an HTTPRoute: a Service, whose callers in the mesh follow it, or a Gateway.</summary>
/// <param name="Host">The qualified host of a Service; null for a Gateway.</param>
/// <param name="Gateway">Null for a Service.</param>
/// <param name="Section">The name of a listener; null for all of them.</param>
/// <param name="Port">Null for every port.</param>
internal readonly record struct HttpRouteParent(Node Node, string? Host, ObjectKey? Gateway, string? Section, long? Port)
{
    /// <summary>What cannot be read, and other kinds, are left out.</summary>
    public static IEnumerable<HttpRouteParent> Of(Node spec, string @namespace, string clusterDomain)
    {
        foreach (var item in spec["parentRefs"u8].Items)
        {
            if (item["name"u8].Text is not { Length: > 0 } name)
                continue;
            var place = item["namespace"u8].Text is { Length: > 0 } other ? other : @namespace;
            var kind = item["kind"u8].Text is { Length: > 0 } text ? text : "Gateway";
            var section = item["sectionName"u8].Text is { Length: > 0 } listener ? listener : null;
            var port = new Reader().Integer(item["port"u8]);
            if (kind == "Service")
                yield return new HttpRouteParent(item, $"{name}.{place}.svc.{clusterDomain}", null, section, port);
            else if (kind == "Gateway")
                yield return new HttpRouteParent(item, null, new ObjectKey(ObjectKind.Gateway, place, name), section, port);
        }
    }
}
