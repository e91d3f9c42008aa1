using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>A destination of a route that cannot be reached, and what is said of it.</summary>
internal sealed record BrokenDestination(Share Share, Destination Destination, DestinationFault Fault)
{
    /// <summary>One finding, whatever the destinations are called: where nobody was served before, other names make it no worse.</summary>
    public static Finding ServesNobody(VirtualServiceRoute route, IReadOnlyList<BrokenDestination> broken, bool mayDeny)
    {
        var (share, _, fault) = broken[0];
        var faults = broken.Select(b => b.Fault.Text).Distinct(StringComparer.Ordinal).ToList();
        var more = faults.Count > 3 ? $" and {faults.Count - 3} more" : "";
        return Of(
            route,
            share.Destination["destination"u8],
            "serves nobody",
            fault with
            {
                Text = string.Join("; ", faults.Take(3)) + more,
            },
            $"every user of {route.Title} gets 503"
        ) with
        {
            Excess = 100,
            AtMost = mayDeny ? GuardAction.Deny : GuardAction.Warn,
        };
    }

    /// <summary>Some of the route's users, or those whom a weight of 0 may get.</summary>
    public Finding InPart(VirtualServiceRoute route) =>
        Of(
            route,
            Share.Destination["destination"u8],
            $"{Destination}",
            Fault,
            Share.Percent > 0 ? $"{Shown.Percent(Share.Percent)} of the users of {route.Title} get 503" : "the first users sent there get 503"
        ) with
        {
            Excess = Share.Percent,
            AtMost = MostOf(Fault),
        };

    /// <summary>The route's mirrors that reach nobody.</summary>
    public static IEnumerable<Finding> InMirrors(VirtualServiceRoute route, KubeObject of, DestinationFaults faults) =>
        route.Node["mirror"u8].Exists || route.Node["mirrors"u8].Exists ? InMirrors(route, of, faults, MirrorsOf(route.Node)) : [];

    private static IEnumerable<Finding> InMirrors(VirtualServiceRoute route, KubeObject of, DestinationFaults faults, IEnumerable<Node> mirrors)
    {
        foreach (var mirror in mirrors)
        {
            var destination = Destination.At(mirror, of);
            if (faults.Of(destination) is { } fault)
                yield return Mirrored(route, mirror, destination, fault);
        }
    }

    private static IEnumerable<Node> MirrorsOf(Node route)
    {
        if (route["mirror"u8].IsObject)
            yield return route["mirror"u8];
        foreach (var item in route["mirrors"u8].Items)
            yield return item["destination"u8];
    }

    private static Finding Mirrored(VirtualServiceRoute route, Node mirror, Destination destination, DestinationFault fault) =>
        Of(route, mirror, $"mirror {destination}", fault, "nothing is mirrored") with
        {
            AtMost = MostOf(fault),
        };

    private static GuardAction MostOf(DestinationFault fault) => fault.IsMissing ? GuardAction.Warn : GuardAction.Audit;

    private static Finding Of(VirtualServiceRoute route, Node destination, string key, DestinationFault fault, string effect) =>
        new(destination[fault.Field], $"{route.Key} {key}", $"{fault.Text}: {effect}")
        {
            Whole = key,
            Found = Shown.Value(destination[fault.Field]),
            Limit = fault.Limit,
            RestsOnAbsence = true,
        };
}
