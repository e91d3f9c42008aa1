using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>One that a proxy may take for a host: a VirtualService, or the HTTPRoutes that Istio merges into one.</summary>
/// <param name="Port">Of the parent, of HTTPRoutes that name one.</param>
internal sealed record HostClaim(IReadOnlyList<RouteObject> Objects, bool IsHttpRoute, long? Port)
{
    /// <summary>Empty where it has nothing for the caller: then the next one has the host.</summary>
    public IReadOnlyList<TableRule> RulesFor(RouteCaller caller, Func<ObjectKey, string, RouteObject?> delegateOf) =>
        IsHttpRoute
            ? HttpRouteRules.Of(Objects, caller, Port)
            : VirtualServiceRules.Of(Objects[0], caller, k => delegateOf(k, Objects[0].Of.Namespace));
}

/// <summary>The order in which Istio asks the objects that are for one host (docs/facts/istio.md#who-has-a-host).</summary>
internal static class HostClaims
{
    /// <summary>
    /// Those for the host itself, whatever the case of letters; where none has it letter by letter, also the first for the most specific wildcard
    /// (pilot/pkg/model/sidecar.go, computeWildcardHostVirtualServiceIndex).
    /// </summary>
    /// <param name="host">Qualified, in lower case.</param>
    /// <param name="client">Null for a caller of some namespace that nothing names.</param>
    public static IReadOnlyList<HostClaim> Ordered(RequestTables tables, string host, string? client)
    {
        var exact = InMesh(tables, host, client);
        var routes = HttpRoutes(tables, host, client).ToList();
        if (routes.Count == 0 && !exact.Exists(o => o.Of.Hosts.Contains(host)))
        {
            foreach (var pattern in tables.World.Covering(host, ObjectKind.VirtualService).Skip(1))
            {
                if (Ordered(tables, InMesh(tables, pattern, client), [], client) is not [var first, ..])
                    continue;
                exact.AddRange(first.Objects);
                break;
            }
        }
        return Ordered(tables, exact, routes, client);
    }

    private static List<RouteObject> InMesh(RequestTables tables, string host, string? client) =>
        [
            .. tables
                .Claiming(host, ObjectKind.VirtualService)
                .Where(o => new Attachment(o.Of.Spec, o.Of.Namespace).IncludesMesh && tables.AudienceOf(o).Reaches(client)),
        ];

    private static List<HostClaim> Ordered(
        RequestTables tables,
        List<RouteObject> virtualServices,
        List<(HostClaim Claim, string Time, string Name, string Namespace)> merged,
        string? client
    )
    {
        var own = new List<RouteObject>();
        var listed = new List<RouteObject>();
        var open = new List<(HostClaim Claim, string Time, string Name, string Namespace)>();
        foreach (var of in virtualServices)
        {
            if (tables.AudienceOf(of).IsAll)
                open.Add((new HostClaim([of], false, null), Age(of), of.Of.Name, of.Of.Namespace));
            else
                (client == of.Of.Namespace ? own : listed).Add(of);
        }
        var first = merged.Where(m => m.Namespace == client).OrderBy(m => m.Time, StringComparer.Ordinal).ThenBy(m => m.Name, StringComparer.Ordinal);
        open.AddRange(merged.Where(m => m.Namespace != client));
        var last = open.OrderBy(m => m.Time, StringComparer.Ordinal)
            .ThenBy(m => m.Name, StringComparer.Ordinal)
            .ThenBy(m => m.Namespace, StringComparer.Ordinal);
        return [.. Alone(own), .. Alone(listed), .. first.Select(m => m.Claim), .. last.Select(m => m.Claim)];
    }

    /// <summary>The oldest first, as HTTPRoutes are merged: by time, namespace, and name as Istio writes it.</summary>
    public static IReadOnlyList<RouteObject> Merged(IEnumerable<RouteObject> routes) =>
        [
            .. routes
                .OrderBy(Age, StringComparer.Ordinal)
                .ThenBy(r => r.Of.Namespace, StringComparer.Ordinal)
                .ThenBy(r => r.Of.Name + "~", StringComparer.Ordinal),
        ];

    /// <summary>What has no time is being created.</summary>
    private static string Age(RouteObject of) => of.Of.Root["metadata"u8]["creationTimestamp"u8].Text ?? "~";

    private static IEnumerable<HostClaim> Alone(List<RouteObject> objects) =>
        objects.OrderBy(o => (o.Of.Key, o.Of.Root), CreationOrder.OldestFirst).Select(o => new HostClaim([o], false, null));

    /// <summary>
    /// Those of one namespace, with the same port of the parent or without one, are one object with the age of the oldest. They count in the
    /// service's namespace for everybody, in others for callers there.
    /// </summary>
    private static IEnumerable<(HostClaim Claim, string Time, string Name, string Namespace)> HttpRoutes(
        RequestTables tables,
        string host,
        string? client
    )
    {
        var settings = tables.World.Settings;
        if (MeshHost.Service(host, settings.ClusterDomain) is not { } service)
            yield break;
        var parts = new SortedDictionary<(string Namespace, long Port), List<RouteObject>>();
        foreach (var route in tables.Claiming(host, ObjectKind.HttpRoute))
        {
            if (route.Of.Namespace != service.Namespace && route.Of.Namespace != client)
                continue;
            foreach (var parent in HttpRouteParent.Of(route.Of.Spec, route.Of.Namespace, settings.ClusterDomain).DistinctBy(p => (p.Host, p.Port)))
            {
                if (parent.Host != host || HttpRouteFaults.DropsAll(route.Of.Spec))
                    continue;
                var key = (route.Of.Namespace, parent.Port ?? 0);
                if (!parts.TryGetValue(key, out var list))
                    parts[key] = list = [];
                list.Add(route);
            }
        }
        foreach (var ((@namespace, port), list) in parts)
        {
            var merged = Merged(list);
            var name = port > 0 ? $"{@namespace}~{port}~{host}" : $"{@namespace}~{host}";
            yield return (new HostClaim(merged, true, port > 0 ? port : null), Age(merged[0]), name, @namespace);
        }
    }
}
