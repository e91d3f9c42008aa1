using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// VirtualServices at a gateway of Istio: those under one name are merged, own exports first, then lists, then the oldest; a request takes the most
/// specific name that has any (docs/facts/istio.md#gateway-servers; pilot/pkg/networking/core/gateway.go, buildGatewayHTTPRouteConfig).
/// </summary>
internal static class ServerHosts
{
    /// <summary>The servers of a gateway; one for everything where it is not known.</summary>
    /// <param name="gateway">As <c>namespace/name</c>.</param>
    public static IReadOnlyList<GatewayServer> ServersOf(View world, string gateway)
    {
        var key = KeyOf(gateway);
        return world.Find(key) is { Exists: true } node ? GatewayServer.Of(node, key.Namespace) : [GatewayServer.Any];
    }

    /// <summary>The Gateway that a name in <c>gateways</c> means.</summary>
    public static ObjectKey KeyOf(string gateway)
    {
        var slash = gateway.IndexOf('/', StringComparison.Ordinal);
        return new ObjectKey(ObjectKind.IstioGateway, gateway[..slash], gateway[(slash + 1)..]);
    }

    public static IReadOnlyList<TableRule> RulesAt(RequestTables tables, RouteCaller caller, string host)
    {
        var servers = ServersOf(tables.World, caller.Gateway!).Where(s => s.Port == caller.Port && s.IsHttp).ToList();
        var bound = Bound(tables, caller.Gateway!, host);
        foreach (var name in MeshHost.Covering(host))
        {
            var rules = new List<TableRule>();
            foreach (var of in bound)
            {
                if (Has(servers, of, name))
                    rules.AddRange(VirtualServiceRules.Of(of, caller, k => tables.DelegateOf(k, of.Of.Namespace)));
            }
            if (rules.Count > 0)
                return VirtualServiceRules.AtGateway(rules);
        }
        return [];
    }

    private static bool Has(List<GatewayServer> servers, RouteObject of, string name) =>
        servers.Exists(s =>
            of.Of.Spec["hosts"u8]
                .Items.Any(h => s.NamesOf(of.Of.Qualified(h).ToLowerInvariant(), of.Of.Namespace).Contains(name, StringComparer.Ordinal))
        );

    /// <summary>
    /// Those for the host or a wildcard over it, in the order in which they are merged; the proxy is taken to be in the namespace of its Gateway.
    /// </summary>
    private static List<RouteObject> Bound(RequestTables tables, string gateway, string host)
    {
        var client = KeyOf(gateway).Namespace;
        var bound = tables
            .World.Covering(host, ObjectKind.VirtualService)
            .SelectMany(p => tables.Claiming(p, ObjectKind.VirtualService))
            .DistinctBy(o => o.Of.Key)
            .Where(o => new Attachment(o.Of.Spec, o.Of.Namespace).Gateways.Contains(gateway) && tables.AudienceOf(o).Reaches(client));
        return [.. bound.OrderBy(o => Rank(tables, o, client)).ThenBy(o => (o.Of.Key, o.Of.Root), CreationOrder.OldestFirst)];
    }

    private static int Rank(RequestTables tables, RouteObject of, string client)
    {
        if (tables.AudienceOf(of).IsAll)
            return 2;
        return of.Of.Namespace == client ? 0 : 1;
    }
}
