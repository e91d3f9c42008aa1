using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// Which rules of which objects a caller's proxy tries for a host, and in which order (docs/facts/istio.md#who-has-a-host,
/// docs/facts/gateway-api.md#merge). Each table is made once. Rules that ask read VirtualServices, HTTPRoutes, Gateways and Services.
/// </summary>
internal sealed class RequestTables(View world)
{
    /// <summary>Objects for one host that are looked at; more are nobody's intention.</summary>
    public const int MostTogether = 200;

    private readonly Dictionary<(string Host, RouteCaller Caller), RequestTable> tables = [];
    private readonly Dictionary<ObjectKey, RouteObject> objects = [];
    private readonly Dictionary<ObjectKey, RouteObject?> delegates = [];
    private readonly Dictionary<(ObjectKey, RouteCaller), RequestTable> alone = [];
    private readonly Dictionary<(Type, ObjectKey), object> read = [];

    /// <param name="known">One of the objects, read already.</param>
    private RequestTables(View world, Subject known)
        : this(world) => objects[known.Key] = new RouteObject(known, known.Splits);

    /// <summary>Of the world as it will be.</summary>
    public static RequestTables Of(Inspection x) => x.Shared(i => i.IsDeletion ? new RequestTables(i.World) : new RequestTables(i.World, i.Subject));

    /// <summary>Of the world before a change; the object under review has its routes of then.</summary>
    public static RequestTables Before(Inspection x) => x.Shared(i => new Earlier(MakeBefore(i))).Tables;

    private static RequestTables MakeBefore(Inspection x)
    {
        var old = x.IsDeletion ? x.Subject : x.Old;
        return old is null ? new RequestTables(x.Before!) : new RequestTables(x.Before!, old);
    }

    public View World => world;

    /// <param name="host">Qualified.</param>
    public RequestTable For(string host, RouteCaller caller)
    {
        if (tables.TryGetValue((host, caller), out var known))
            return known;
        return tables[(host, caller)] = caller.Gateway is null ? InMesh(host, caller) : AtGateway(host, caller);
    }

    /// <summary>Those that claim a host or a gateway, and are not on their way out.</summary>
    public IEnumerable<RouteObject> Claiming(string claim, ObjectKind kind) =>
        world.Claiming(claim, kind).Take(MostTogether).Select(o => ObjectOf(o.Key, o.Root));

    /// <summary>The gateways at which somebody has a host or a wildcard over it, as callers name them.</summary>
    public IEnumerable<string> AtGateways(string host)
    {
        foreach (var pattern in MeshHost.Covering(host))
        {
            foreach (var of in Claiming(pattern, ObjectKind.VirtualService))
            {
                foreach (var gateway in new Attachment(of.Of.Spec, of.Of.Namespace).Gateways)
                    yield return gateway;
            }
            foreach (var route in world.Claiming($"{HttpRouteParents.Gateway}{pattern}", ObjectKind.HttpRoute).Take(MostTogether))
            {
                foreach (var parent in HttpRouteParents.Of(route.Root["spec"u8], route.Key.Namespace, world.Settings.ClusterDomain))
                {
                    if (HttpRouteParents.IsGateway(parent))
                        yield return parent;
                }
            }
        }
    }

    /// <summary>Those that delegate to an object.</summary>
    public IEnumerable<RouteObject> RootsOf(ObjectKey target) =>
        world.ReferrersOf(target, ObjectKind.VirtualService).Take(MostTogether).Select(o => ObjectOf(o.Key, o.Root));

    /// <summary>The delegate, as far as there is one that a root of this namespace may have.</summary>
    public RouteObject? DelegateOf(ObjectKey key, string root)
    {
        if (!delegates.TryGetValue(key, out var known))
        {
            var node = world.Find(key);
            delegates[key] = known = node.Exists && node["spec"u8]["hosts"u8].Count == 0 ? ObjectOf(key, node) : null;
        }
        return known is not null && AudienceOf(known).Reaches(root) ? known : null;
    }

    /// <summary>
    /// The first object that has the host for this caller has it alone: own exports, then lists, then HTTPRoutes of the caller's namespace, then the
    /// oldest (pilot/pkg/model/push_context.go, VirtualServicesForGateway). Of hosts the most specific that somebody has.
    /// </summary>
    private RequestTable InMesh(string host, RouteCaller caller)
    {
        foreach (var candidate in HostClaims.Ordered(this, host, caller.Namespace))
        {
            if (TableOf(candidate, caller) is { Rules.Count: > 0 } table)
                return table;
        }
        return new RequestTable([]);
    }

    /// <summary>A VirtualService has the same rules for each of its hosts, of which there may be thousands.</summary>
    private RequestTable TableOf(HostClaim claim, RouteCaller caller)
    {
        if (claim.IsHttpRoute)
            return new RequestTable(claim.RulesFor(caller, DelegateOf));
        var key = (claim.Objects[0].Of.Key, caller);
        if (!alone.TryGetValue(key, out var table))
            alone[key] = table = new RequestTable(claim.RulesFor(caller, DelegateOf));
        return table;
    }

    /// <summary>What somebody reads of an object's routes, read once for all of its hosts.</summary>
    internal T Read<T>(RouteObject of, Func<T> make)
        where T : class
    {
        if (!read.TryGetValue((typeof(T), of.Of.Key), out var known))
            read[(typeof(T), of.Of.Key)] = known = make();
        return (T)known;
    }

    private RequestTable AtGateway(string host, RouteCaller caller)
    {
        if (caller.Gateway!.StartsWith(HttpRouteParents.Gateway, StringComparison.Ordinal))
            return new RequestTable(GatewayHosts.RulesAt(this, caller, host));
        return new RequestTable(ServerHosts.RulesAt(this, caller, host));
    }

    internal Audience AudienceOf(RouteObject of) =>
        new(of.Of.Spec["exportTo"u8], of.Of.Namespace, privateByDefault: world.Settings.Mesh.KeepsRoutesPrivate);

    private RouteObject ObjectOf(ObjectKey key, Node root)
    {
        if (objects.TryGetValue(key, out var known))
            return known;
        var subject = new Subject(key, root, world.Settings);
        return objects[key] = new RouteObject(subject, subject.Splits);
    }

    /// <summary>The tables before a change, which rules share beside those after it.</summary>
    private sealed record Earlier(RequestTables Tables);
}
