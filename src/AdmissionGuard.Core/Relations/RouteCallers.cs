using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// The callers that somebody tells apart at a host: by namespace (exports, <c>sourceNamespace</c>, HTTPRoutes of consumers), by labels, by port and
/// by gateway; one of each kind, and one that nothing names.
/// </summary>
internal static class RouteCallers
{
    /// <summary>Of one kind; more are nobody's intention.</summary>
    private const int Most = 12;

    /// <summary>Where no port is known.</summary>
    private const long UsualPort = 80;

    /// <summary>Those of a change.</summary>
    /// <param name="host">Qualified.</param>
    /// <param name="gateway">Null for the mesh.</param>
    public static IEnumerable<RouteCaller> At(string host, string? gateway, RequestTables was, RequestTables now) =>
        gateway is null ? InMesh(host, was, now, onlyKnown: false) : AtGateway(gateway, was, now);

    /// <summary>Those that are known to be there.</summary>
    /// <param name="host">Qualified.</param>
    /// <param name="gateway">Null for the mesh.</param>
    public static IEnumerable<RouteCaller> Known(string host, string? gateway, RequestTables tables) =>
        gateway is null ? InMesh(host, tables, tables, onlyKnown: true) : AtGateway(gateway, tables, tables);

    private static IEnumerable<RouteCaller> InMesh(string host, RequestTables was, RequestTables now, bool onlyKnown)
    {
        var seen = new Distinctions();
        foreach (var tables in Both(was, now))
        {
            foreach (var pattern in MeshHost.Covering(host))
            {
                foreach (var of in tables.Claiming(pattern, ObjectKind.VirtualService))
                    seen.Add(tables.Read(of, () => Distinctions.Of(tables, of)));
            }
            foreach (var route in tables.Claiming(host, ObjectKind.HttpRoute))
                seen.AddHttpRoute(route, host);
        }
        var known = HostRegistry.KnownPorts(now.World, host) ?? HostRegistry.KnownPorts(was.World, host);
        if (known is null && onlyKnown && seen.Ports.Count > 0)
            known = PortsBehind(host, now);
        foreach (var port in known is null ? PortsOfUnknown(seen.Ports) : PortsOf(known, seen.Ports))
        {
            yield return new RouteCaller(null, default, null, port);
            foreach (var @namespace in seen.Namespaces.Take(Most))
                yield return new RouteCaller(@namespace, default, null, port);
            foreach (var (source, labels) in seen.Pods.Take(Most))
            {
                yield return new RouteCaller(source, labels, null, port);
                foreach (var @namespace in source is null ? seen.Namespaces.Take(Most) : [])
                    yield return new RouteCaller(@namespace, labels, null, port);
            }
        }
    }

    private static IEnumerable<RouteCaller> AtGateway(string gateway, RequestTables was, RequestTables now)
    {
        var known = new SortedSet<long>();
        foreach (var tables in Both(was, now))
        {
            if (gateway.StartsWith(HttpRouteParents.Gateway, StringComparison.Ordinal))
                known.UnionWith(GatewayHosts.ListenersOf(tables.World, GatewayHosts.KeyOf(gateway)).Where(l => l.IsHttp).Select(l => l.Port));
            else
                known.UnionWith(ServerHosts.ServersOf(tables.World, gateway).Where(s => s.IsHttp).Select(s => s.Port));
        }
        return known.Take(Most).Select(p => new RouteCaller(null, default, gateway, p));
    }

    private static IEnumerable<RequestTables> Both(RequestTables was, RequestTables now) => was == now ? [now] : [was, now];

    /// <summary>Those that routes name, as far as the host has them, and one more: all others have the same routes.</summary>
    private static IEnumerable<long> PortsOf(IReadOnlyList<long> known, SortedSet<long> named) =>
        known.Where(named.Contains).Take(Most).Concat(known.Where(p => !named.Contains(p)).Take(1));

    /// <summary>Those that routes name, and one more.</summary>
    private static IEnumerable<long> PortsOfUnknown(SortedSet<long> named)
    {
        var other = UsualPort;
        while (named.Contains(other))
            other++;
        return named.Take(Most).Append(other);
    }

    /// <summary>
    /// The ports of the services to which the VirtualServices of a host send, on which a host that nobody defines is called; null where one is not
    /// known.
    /// </summary>
    private static List<long>? PortsBehind(string host, RequestTables tables)
    {
        var ports = new SortedSet<long>();
        foreach (var of in tables.World.Covering(host, ObjectKind.VirtualService).SelectMany(p => tables.Claiming(p, ObjectKind.VirtualService)))
        {
            foreach (var target in of.Routes.Where(r => r.Shares.IsKnown).SelectMany(r => r.TargetsOf(of.Of)))
            {
                if (HostRegistry.KnownPorts(tables.World, target.Destination.Host) is not { } known)
                    return null;
                ports.UnionWith(known);
            }
        }
        return ports.Count > 0 ? [.. ports] : null;
    }

    /// <summary>By what the objects of a host tell callers apart.</summary>
    private sealed class Distinctions
    {
        public SortedSet<string> Namespaces { get; } = new(StringComparer.Ordinal);

        public SortedSet<long> Ports { get; } = [];

        public List<(string? Namespace, Node Labels)> Pods { get; } = [];

        public static Distinctions Of(RequestTables tables, RouteObject of)
        {
            var seen = new Distinctions();
            seen.AddVirtualService(tables, of);
            return seen;
        }

        public void Add(Distinctions others)
        {
            Namespaces.UnionWith(others.Namespaces);
            Ports.UnionWith(others.Ports);
            foreach (var (source, labels) in others.Pods)
                AddPods(source, labels);
        }

        private void AddVirtualService(RequestTables tables, RouteObject of)
        {
            Namespaces.UnionWith(tables.AudienceOf(of).Namespaces);
            foreach (var route in of.Routes)
            {
                if (route is not VirtualServiceRoute { IsHttp: true } http)
                    continue;
                AddEntries(http.Match);
                if (!http.Delegates || DelegateReference.Of(http.Node, of.Of.Namespace) is not { } key)
                    continue;
                foreach (var target in tables.DelegateOf(key, of.Of.Namespace)?.Routes ?? [])
                    AddEntries(target.Match);
            }
        }

        public void AddHttpRoute(RouteObject of, string host)
        {
            Namespaces.Add(of.Of.Namespace);
            foreach (var parent in HttpRouteParent.Of(of.Of.Spec, of.Of.Namespace, of.Of.Settings.ClusterDomain))
            {
                if (parent.Host == host && parent.Port is { } port)
                    Ports.Add(port);
            }
        }

        private void AddEntries(Node match)
        {
            foreach (var item in match.Items)
            {
                var entry = item;
                if (new Reader().Integer(entry["port"u8]) is { } port)
                    Ports.Add(port);
                var source = entry["sourceNamespace"u8].Text is { Length: > 0 } text ? text : null;
                if (source is not null)
                    Namespaces.Add(source);
                var labels = entry["sourceLabels"u8];
                if (labels.HasEntries)
                    AddPods(source, labels);
            }
        }

        private void AddPods(string? source, Node labels)
        {
            if (Pods.Count < Most && !Pods.Exists(p => p.Namespace == source && p.Labels.SameAs(labels)))
                Pods.Add((source, labels));
        }
    }
}
