using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// HTTPRoutes at a Gateway: merged for each hostname as written, and a request takes the most specific hostname that has any, with no second look
/// (docs/facts/gateway-api.md#merge).
/// </summary>
internal static class GatewayHosts
{
    /// <summary>The listeners of a Gateway; one for everything where it is not known.</summary>
    public static IReadOnlyList<GatewayListener> ListenersOf(View world, ObjectKey gateway) =>
        world.Find(gateway) is { Exists: true } node ? GatewayListener.Of(node) : [GatewayListener.Any];

    /// <summary>The Gateway that a caller's <see cref="RouteCaller.Gateway"/> names.</summary>
    public static ObjectKey KeyOf(string gateway)
    {
        var name = gateway[HttpRouteParents.Gateway.Length..];
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return new ObjectKey(ObjectKind.Gateway, name[..slash], name[(slash + 1)..]);
    }

    public static IReadOnlyList<TableRule> RulesAt(RequestTables tables, RouteCaller caller, string host)
    {
        var hosts = HostsAt(tables, caller, host);
        foreach (var pattern in MeshHost.Covering(host))
        {
            if (!hosts.TryGetValue(pattern, out var routes))
                continue;
            var rules = HttpRouteRules.Of(HostClaims.Merged(routes), caller);
            if (rules.Count > 0)
                return rules;
        }
        return [];
    }

    /// <summary>The names over a host that the proxy has on the caller's port, each with the routes for it.</summary>
    private static Dictionary<string, List<RouteObject>> HostsAt(RequestTables tables, RouteCaller caller, string host)
    {
        var gateway = KeyOf(caller.Gateway!);
        var listeners = ListenersOf(tables.World, gateway);
        var hosts = new Dictionary<string, List<RouteObject>>(StringComparer.Ordinal);
        var routes = MeshHost
            .Covering(host)
            .SelectMany(p => tables.Claiming($"{caller.Gateway} {p}", ObjectKind.HttpRoute))
            .DistinctBy(r => r.Of.Key);
        foreach (var route in routes)
        {
            if (HttpRouteFaults.DropsAll(route.Of.Spec))
                continue;
            foreach (var name in NamesOf(tables.World, route, gateway, listeners, caller.Port))
            {
                if (!hosts.TryGetValue(name, out var list))
                    hosts[name] = list = [];
                list.Add(route);
            }
        }
        return hosts;
    }

    /// <summary>The names under which a route is found at one port of a Gateway; none where no listener takes it.</summary>
    public static IEnumerable<string> NamesOf(View world, RouteObject route, ObjectKey gateway, IReadOnlyList<GatewayListener> listeners, long port)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var written = route.Of.Spec["hostnames"u8].Items.Select(h => h.Text).OfType<string>().DefaultIfEmpty("*").ToList();
        var labels = world.NamespaceOf(route.Of.Namespace)["metadata"u8]["labels"u8];
        foreach (var parent in HttpRouteParent.Of(route.Of.Spec, route.Of.Namespace, route.Of.Settings.ClusterDomain))
        {
            if (parent.Gateway != gateway)
                continue;
            foreach (var listener in listeners.Where(l => l.Port == port && l.IsMeantBy(parent)))
            {
                if (listener.Allows(route.Of.Namespace, gateway.Namespace, labels))
                    names.UnionWith(written.Select(h => listener.Shares(h, listeners)).OfType<string>());
            }
        }
        return names;
    }
}
