using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Routing;

/// <summary>A rule of a table: any of its matches takes the request.</summary>
/// <param name="Route">As its object has it.</param>
/// <param name="Of">Whose it is: its destinations are read with the namespace of that object.</param>
internal sealed record TableRule(IReadOnlyList<RequestMatch> Matches, SplitRoute Route, Objects.KubeObject Of)
{
    public bool Takes(Request request)
    {
        foreach (var match in Matches)
        {
            if (match.Takes(request))
                return true;
        }
        return false;
    }

    /// <summary>The same conditions and destinations, whatever it is called.</summary>
    public bool IsSameAs(TableRule other) =>
        Route.Match.Raw.SequenceEqual(other.Route.Match.Raw) && Route.Destinations.Raw.SequenceEqual(other.Route.Destinations.Raw);
}

/// <summary>The rules of all objects for one host, in the order in which the proxy tries them.</summary>
internal sealed class RequestTable(IReadOnlyList<TableRule> rules)
{
    public IReadOnlyList<TableRule> Rules { get; } = rules;

    /// <summary>Null: nobody takes it, the answer is 404.</summary>
    public TableRule? TakerOf(Request request)
    {
        foreach (var rule in Rules)
        {
            if (rule.Takes(request))
                return rule;
        }
        return null;
    }

    /// <summary>The http routes of a VirtualService as listed (docs/facts/istio.md#route-order).</summary>
    public static RequestTable OfVirtualService(Objects.KubeObject of, IReadOnlyList<SplitRoute> routes)
    {
        var rules = new List<TableRule>(routes.Count);
        foreach (var route in routes)
        {
            if (route is VirtualServiceRoute { IsHttp: true })
                rules.Add(new TableRule(Matches(route, m => RequestMatch.OfIstio(m, of.Namespace)), route, of));
        }
        return new RequestTable(rules);
    }

    /// <summary>
    /// The matches of HTTPRoutes that are merged for a hostname: exact paths, then the longest prefix, then regexes; a method, more headers, more query
    /// parameters; then in the order given, the oldest first (pilot/pkg/config/kube/gateway/conversion.go, sortHTTPRoutes).
    /// </summary>
    /// <param name="objects">The oldest first.</param>
    public static RequestTable OfHttpRoutes(IEnumerable<(Objects.KubeObject Of, IReadOnlyList<SplitRoute> Rules)> objects)
    {
        var single = new List<TableRule>();
        foreach (var (of, routes) in objects)
        {
            foreach (var route in routes.OfType<HttpRouteRule>())
            {
                foreach (var match in Matches(route, RequestMatch.OfGatewayApi))
                    single.Add(new TableRule([match], route, of));
            }
        }
        return new RequestTable([
            .. single
                .OrderBy(r => Rank(r.Matches[0]))
                .ThenByDescending(r => r.Matches[0].Path?.Value.Length ?? 1)
                .ThenByDescending(r => r.Matches[0].Conditions.Count(c => c.Property == ":method"))
                .ThenByDescending(r => r.Matches[0].Conditions.Count(c => c.Property.StartsWith("header ", StringComparison.Ordinal)))
                .ThenByDescending(r => r.Matches[0].Conditions.Count(c => c.Property.StartsWith("query ", StringComparison.Ordinal))),
        ]);
    }

    private static int Rank(RequestMatch match) =>
        match.Path?.How switch
        {
            Comparison.Exact => 0,
            Comparison.Regex => 2,
            _ => 1,
        };

    private static IReadOnlyList<RequestMatch> Matches(SplitRoute route, Func<Json.Node, RequestMatch> read)
    {
        if (route.Match.Count == 0)
            return [RequestMatch.All];
        var matches = new List<RequestMatch>(route.Match.Count);
        foreach (var item in route.Match.Items)
            matches.Add(read(item));
        return matches;
    }
}
