using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Smi;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.TrafficSplit;

/// <summary>What splits traffic sends it to somebody. See docs/facts/smi.md#open-questions and docs/facts/gateway-api.md#nobody-to-serve.</summary>
internal static class Backends
{
    public static readonly Rule Rule = new()
    {
        Id = "traffic-split-backends",
        Summary = "A TrafficSplit or a rule of an HTTPRoute must have a backend with a weight above 0, and a TrafficSplit each service once.",
        Why =
            "Where all weights are 0 nobody is served: an HTTPRoute answers every request with 500, a single backend of weight 0 included, "
            + "which in Istio's VirtualService gets everything "
            + "(Gateway API, httproute_types.go). A rule without backends answers 500 as well, a TrafficSplit has nowhere to send anything (SMI, "
            + "traffic-split). "
            + "SMI leaves open what a backend listed twice gets, and whether a root service among its own backends is split again.",
        Remedy =
            "Give at least one backend a weight above 0. Where a service is to be off for a while, except the object by a GuardException "
            + "with an end.",
        Kinds = [ObjectKind.TrafficSplit, ObjectKind.HttpRoute],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        HashSet<SplitRoute>? served = null;
        foreach (var route in x.Subject.Splits)
        {
            if (!route.Node.IsObject || !route.Shares.IsKnown || route is HttpRouteRule { MayAnswer: true })
                continue;
            if (route.Shares.Destinations.Count == 0)
                x.Report(None(route) with { AtMost = route is TrafficSplitRoute || HasServed(route) ? GuardAction.Deny : GuardAction.Warn });
            else if (!Serves(route))
                x.Report(Zero(route));
            if (route is TrafficSplitRoute)
                OfTrafficSplit(x, route);
        }

        // An empty rule may be there to turn requests away; one that served users until now should not.
        bool HasServed(SplitRoute route) =>
            x.Old is { } old
            && (
                served ??= [.. RoutePairs.Of(old.Splits, x.Subject.Splits).Where(p => p.New is not null && Serves(p.Old)).Select(p => p.New!)]
            ).Contains(route);
    }

    private static bool Serves(SplitRoute route)
    {
        foreach (var share in route.Shares.Span)
        {
            if (share.Percent > 0)
                return true;
        }
        return false;
    }

    private static Finding None(SplitRoute route) =>
        new(
            Place.Of(route.Node, route.ListName),
            $"{route.Key} none",
            $"{route.Title} has no {route.ListName}, at least one is needed: "
                + $"{(route is HttpRouteRule ? "its requests get 500" : "its users are sent nowhere")}"
        );

    private static Finding Zero(SplitRoute route)
    {
        var count = route.Shares.Destinations.Count;
        var who = count == 1 ? $"the only backend of {route.Title} has weight 0" : $"all {count} backends of {route.Title} have weight 0";
        return new Finding(
            route.Destinations,
            $"{route.Key} zero",
            $"{who}, one above 0 is needed: {(route is HttpRouteRule ? "every request gets 500" : "its users are sent nowhere")}"
        )
        {
            Found = "0",
            Limit = "above 0",
            Remedy = WeightsYaml.Of(route, [.. route.Shares.Destinations.Select((s, i) => (s.Destination, i == 0 ? 100 : 0))]),
        };
    }

    private static void OfTrafficSplit(Inspection x, SplitRoute split)
    {
        var root = TrafficSplitRoute.Service(x.Spec["service"u8], x.Subject);
        var seen = new HashSet<Destination>();
        var told = new HashSet<Destination>();
        foreach (var share in split.Shares.Destinations)
        {
            var service = split.DestinationOf(share.Destination, x.Subject);
            if (service.Host.Length == 0)
                continue;
            if (!seen.Add(service))
            {
                if (told.Add(service))
                    x.Report(Twice(x, share.Destination, service));
            }
            else if (service == root)
            {
                x.Report(Root(x, share, service));
            }
        }
    }

    private static Finding Twice(Inspection x, Node backend, Destination service) =>
        new(
            backend["service"u8],
            $"{service} twice",
            $"{service.Title(x.Subject)} is listed more than once, once is allowed: whether its weights add up or one of them counts is up to "
                + $"the mesh"
        );

    private static Finding Root(Inspection x, Share share, Destination service) =>
        new(
            share.Destination["service"u8],
            $"{service} root",
            $"{service.Title(x.Subject)} is the split's own root service, a backend should be another one: a mesh that splits it again sends "
                + $"its {Shown.Percent(share.Percent)} in a circle"
        )
        {
            Limit = "a service other than the root",
            AtMost = GuardAction.Warn,
        };
}
