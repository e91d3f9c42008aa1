using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Smi;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.TrafficSplit;

/// <summary>The Services and ports to which users are sent exist. See docs/facts/gateway-api.md#nobody-to-serve.</summary>
internal static class Services
{
    private const int Shows = 5;

    public static readonly Rule Rule = new()
    {
        Id = "traffic-split-services",
        Summary = "The backends of a TrafficSplit or an HTTPRoute should be Services that exist and have the port.",
        Why =
            "A Gateway answers 500 for the share of a backend that does not exist, has no such port, is not a Service, or is in another namespace "
            + "without a ReferenceGrant (Gateway API, httproute_types.go). "
            + "Backends of a TrafficSplit must have the ports of its root service: requests to another port find nobody (SMI, traffic-split).",
        Remedy = "Create the Service, or give the backend weight 0 until it is there.",
        Kinds = [ObjectKind.TrafficSplit, ObjectKind.HttpRoute],
        Reads = [ObjectKind.Service, ObjectKind.ReferenceGrant],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Splits)
        {
            var root = route is TrafficSplitRoute ? PortsOf(x, TrafficSplitRoute.Service(x.Spec["service"u8], x.Subject)) : null;
            var told = new HashSet<Destination>();
            if (route is HttpRouteRule)
                Unusable(x, route);
            foreach (var share in route.Shares.Destinations)
            {
                var destination = route.DestinationOf(share.Destination, x.Subject);
                if (MeshHost.Service(destination.Host, x.Settings.ClusterDomain) is not { } key || !told.Add(destination))
                    continue;
                var at = share.Destination[route is TrafficSplitRoute ? "service" : "name"];
                var presence = x.World.Look(key, out _);
                if (presence == Presence.Absent)
                    x.Report(Missing(x, route, share, destination, at, key));
                if (presence != Presence.Here || PortsOf(x, destination) is not { Count: > 0 } ports)
                    continue;
                if (destination.Port is { } port && !ports.Contains(port))
                    x.Report(NoPort(route, share, destination, share.Destination["port"u8], key.TitleIn(x.Subject.Namespace), [port], ports));
                else if (root?.Except(ports).ToList() is { Count: > 0 } lacking)
                    x.Report(NoPort(route, share, destination, at, key.TitleIn(x.Subject.Namespace), lacking, ports));
            }
        }
    }

    /// <summary>Backends that a Gateway may not use, or that Istio does not know.</summary>
    private static void Unusable(Inspection x, SplitRoute route)
    {
        foreach (var share in route.Shares.Destinations)
        {
            if (BackendUse.WhyNot(x.World, x.Subject, share.Destination) is not { } why)
                continue;
            var name = share.Destination["name"u8];
            x.Report(
                new Finding(name, $"{route.Key} {route.DestinationOf(share.Destination, x.Subject)} unusable", $"{why}: {Effect(route, share)}")
                {
                    Found = Shown.Value(name),
                    Limit = "a Service that the route may use",
                    Excess = share.Percent,
                    RestsOnAbsence = true,
                    AtMost = GuardAction.Warn,
                }
            );
        }
    }

    /// <summary>Null where the Service is not known.</summary>
    private static IReadOnlyList<long>? PortsOf(Inspection x, Destination service) =>
        MeshHost.Service(service.Host, x.Settings.ClusterDomain) is { } key && x.World.Look(key, out var definition) == Presence.Here
            ? HostRegistry.PortsOf(definition)
            : null;

    private static Finding Missing(Inspection x, SplitRoute route, Share share, Destination destination, Node at, ObjectKey key) =>
        new(at, $"{route.Key} {destination}", $"{key.TitleIn(x.Subject.Namespace)} does not exist: {Effect(route, share)}")
        {
            Whole = $"{destination}",
            Found = Shown.Value(at),
            Limit = "a Service",
            Excess = share.Percent,
            RestsOnAbsence = true,
            AtMost = GuardAction.Warn,
        };

    private static Finding NoPort(
        SplitRoute route,
        Share share,
        Destination destination,
        Node at,
        string service,
        IReadOnlyList<long> lacking,
        IReadOnlyList<long> ports
    )
    {
        var root = route is TrafficSplitRoute ? " of the root service" : "";
        return new Finding(
            at,
            $"{route.Key} {destination} port",
            $"{service} has no port {Listed(lacking)}{root}, it has {Listed(ports)}: {Effect(route, share)}"
        )
        {
            Found = Listed(lacking),
            Limit = Listed(ports),
            Excess = share.Percent,
            Remedy = destination.Port is null ? null : $"port: {ports[0]}",
            RestsOnAbsence = true,
            AtMost = GuardAction.Warn,
        };
    }

    private static string Effect(SplitRoute route, Share share)
    {
        if (share.Percent == 0)
            return "the first users sent there fail";
        return $"{Shown.Percent(share.Percent)} of the users of {route.Title} {(route is HttpRouteRule ? "get 500" : "are sent nowhere")}";
    }

    private static string Listed(IReadOnlyList<long> ports) => string.Join(", ", ports.Take(Shows)) + (ports.Count > Shows ? ", …" : "");
}
