using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>Why Argo calls a Rollout invalid for the routes of a VirtualService.</summary>
/// <param name="What">What the VirtualService has, or has not, as the end of a sentence.</param>
/// <param name="Name">The route that is missing, or the side that a route lacks.</param>
/// <param name="Route">Null where it is the route that is missing, or where none is chosen.</param>
internal readonly record struct RoutingFault(string Key, string What, string? Name, VirtualServiceRoute? Route)
{
    /// <summary>A missing route comes back whatever becomes of the Rollout's other names.</summary>
    public bool IsMissingRoute => Route is null && Name is not null;

    /// <summary>
    /// Where the VirtualService is at fault, and what to write there. A route that the Rollout misses by name is most likely there under another
    /// name, or under none.
    /// </summary>
    public (Place Place, string? Remedy) NamedIn(Node spec, VirtualServiceRoute? likely)
    {
        if (!IsMissingRoute || likely is null)
            return (Place.Of(spec, "http"), null);
        return (Place.Of(likely.Node, "name"), $"name: {Quote(Name!)}");
    }

    public static IEnumerable<RoutingFault> Of(WrittenRoutes written, RolloutSides sides)
    {
        foreach (var name in written.Missing)
            yield return new RoutingFault($"route {name}", $"no http route named {Quote(name)}", name, null);
        foreach (var (protocol, count) in written.Undecided)
        {
            yield return new RoutingFault($"{protocol} routes", $"{count} {protocol} routes, of which the Rollout names none", null, null);
        }
        foreach (var route in written.Routes)
        {
            foreach (var side in sides.LackingIn(route))
            {
                yield return new RoutingFault(
                    $"{route.Key} {side}",
                    $"no destination of {(sides.BySubset ? "subset" : "Service")} {Quote(side)} in {route.Title}",
                    side,
                    route
                );
            }
        }
    }

    /// <summary>
    /// A destination of one of the Rollout's subsets for another host than its DestinationRule's; null where they agree or nobody can tell.
    /// </summary>
    /// <param name="host">The DestinationRule's, qualified.</param>
    /// <param name="namespace">The VirtualService's.</param>
    public static string? OtherHost(WrittenRoutes written, RolloutSides sides, string host, string @namespace, string clusterDomain)
    {
        if (host.Length == 0 || MeshHost.IsWildcard(host))
            return null;
        foreach (var route in written.Routes)
        {
            foreach (var item in route.Node["route"u8].Items)
            {
                var destination = item["destination"u8];
                if (destination["subset"u8].Text is not { Length: > 0 } subset || (subset != sides.Stable && subset != sides.Canary))
                    continue;
                if (
                    destination["host"u8].Text is { Length: > 0 } other
                    && !string.Equals(MeshHost.Qualify(other, @namespace, clusterDomain), host, StringComparison.OrdinalIgnoreCase)
                )
                    return other;
            }
        }
        return null;
    }

    private static string Quote(string text) => Shown.Quote(Shown.Clip(text, 60));
}
