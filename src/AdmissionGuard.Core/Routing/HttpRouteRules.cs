using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Routing;

/// <summary>
/// What Istio writes of HTTPRoutes that it merges (docs/facts/gateway-api.md#precedence; pilot/pkg/config/kube/gateway/conversion.go,
/// sortHTTPRoutes): exact paths, then prefixes, then regexes, each the longest first; with a method, more headers, more query parameters; then the
/// older object.
/// </summary>
internal static class HttpRouteRules
{
    /// <param name="objects">The oldest first: <see cref="HttpRouteOrder"/>.</param>
    /// <param name="port">Of the parent, where it names one.</param>
    public static IReadOnlyList<TableRule> Of(IEnumerable<RouteObject> objects, RouteCaller caller, long? port = null)
    {
        var all = new List<TableRule>();
        foreach (var route in objects)
        {
            if (HttpRouteFaults.DropsAll(route.Of.Spec))
                continue;
            foreach (var rule in route.Routes)
            {
                if (rule.Match.Count == 0)
                    all.Add(new TableRule(RequestMatches.OfGatewayApi(default, port), rule, route.Of));
                foreach (var entry in rule.Match.Items)
                    all.Add(new TableRule(RequestMatches.OfGatewayApi(entry, port), rule, route.Of));
            }
        }
        var sorted = all.OrderBy(r => Rank(r.Match))
            .ThenByDescending(r => r.Match.Path?.Value.Length ?? 1)
            .ThenByDescending(r => Count(r.Match, ":method"))
            .ThenByDescending(r => Count(r.Match, "header "))
            .ThenByDescending(r => Count(r.Match, "query "));
        return UpToCatchAll(sorted.Where(r => r.Match.Caller?.Takes(caller) != false));
    }

    private static List<TableRule> UpToCatchAll(IEnumerable<TableRule> rules)
    {
        var written = new List<TableRule>();
        foreach (var rule in rules)
        {
            written.Add(rule);
            if (rule.Match.IsCatchAll)
                break;
        }
        return written;
    }

    private static int Rank(RequestMatch match) =>
        match.Path?.How switch
        {
            Comparison.Exact => 0,
            Comparison.Regex => 2,
            _ => 1,
        };

    private static int Count(RequestMatch match, string prefix) =>
        match.Conditions.Count(c => c.Property.StartsWith(prefix, StringComparison.Ordinal));
}
