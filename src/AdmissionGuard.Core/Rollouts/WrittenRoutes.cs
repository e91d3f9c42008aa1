using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>The routes of one VirtualService whose weights a Rollout writes.</summary>
/// <param name="Missing">Names of http routes that the Rollout lists and the VirtualService lacks.</param>
/// <param name="Undecided">Protocols with several routes of which the Rollout names none, each with their number.</param>
internal sealed record WrittenRoutes(
    IReadOnlyList<VirtualServiceRoute> Routes,
    IReadOnlyList<string> Missing,
    IReadOnlyList<(string Protocol, int Count)> Undecided
);

/// <summary>
/// A VirtualService's routes, to be chosen from as Argo chooses (docs/facts/argo-rollouts.md#route-choice; argo-rollouts
/// rollout/trafficrouting/istio/istio.go, ValidateHTTPRoutes and its like). Of tls and tcp routes that a Rollout lists by port and SNI nothing is
/// said.
/// </summary>
internal sealed class RouteTable
{
    private readonly Dictionary<string, VirtualServiceRoute> named = new(StringComparer.Ordinal);
    private readonly ILookup<string, VirtualServiceRoute> protocols;
    private readonly bool areKnown;

    public RouteTable(IReadOnlyList<VirtualServiceRoute> routes)
    {
        protocols = routes.ToLookup(r => r.Protocol, StringComparer.Ordinal);
        areKnown = routes.All(r => r.Node.IsObject);
        foreach (var route in routes)
        {
            if (route.Name is { } name)
                named.TryAdd(name, route);
        }
    }

    /// <summary>Of an object that is not under review: what has a wrong type in it is not this review's matter.</summary>
    public static RouteTable Of(Node virtualService)
    {
        var read = new Reader();
        return new RouteTable(VirtualServiceRoute.Of(read.Map(virtualService["spec"u8]), read));
    }

    /// <summary>
    /// The http route that a Rollout most likely means by a name that is not there: the last that has both its sides and is not listed itself.
    /// </summary>
    public VirtualServiceRoute? LikelyOne(RolloutSides sides, IReadOnlyList<string> listed)
    {
        var taken = new HashSet<string>(listed, StringComparer.Ordinal);
        return protocols["http"].LastOrDefault(r => r.Forwards && (r.Name is null || !taken.Contains(r.Name)) && !sides.LackingIn(r).Any());
    }

    /// <param name="target">The map of the Rollout that names the VirtualService.</param>
    /// <param name="names">Its http routes; the only one where it lists none.</param>
    /// <param name="managed">Routes that the Rollout adds itself.</param>
    public WrittenRoutes WrittenBy(Node target, IReadOnlyList<string> names, IReadOnlyList<string> managed)
    {
        var routes = new List<VirtualServiceRoute>();
        var missing = new List<string>();
        var undecided = new List<(string, int)>();
        var http = protocols["http"];
        // Argo looks at http routes only where the VirtualService has some
        if (http.Any() || protocols.Count == 0)
        {
            foreach (var name in names.Distinct(StringComparer.Ordinal))
            {
                if (named.TryGetValue(name, out var route))
                    routes.Add(route);
                else if (areKnown)
                    missing.Add(name);
            }
            if (names.Count == 0)
            {
                var added = new HashSet<string>(managed, StringComparer.Ordinal);
                TakeOnly("http", http.Where(r => r.Name is null || !added.Contains(r.Name)).ToList());
            }
        }
        if (target["tlsRoutes"u8].Count == 0)
            TakeOnly("tls", protocols["tls"].ToList());
        if (target["tcpRoutes"u8].Count == 0)
            TakeOnly("tcp", protocols["tcp"].ToList());
        return new WrittenRoutes(routes, missing, undecided);

        void TakeOnly(string protocol, List<VirtualServiceRoute> of)
        {
            if (of.Count == 1)
                routes.Add(of[0]);
            else if (of.Count > 1)
                undecided.Add((protocol, of.Count));
        }
    }
}
