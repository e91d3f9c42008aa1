using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// Whom <c>analysis.match</c> picks out. Flagger puts a route for them before the one for all, made of its conditions and those of
/// <c>service.match</c>; where nothing of the conditions is left in it, everybody takes it (docs/facts/flagger.md#match).
/// </summary>
internal static class CanaryMatch
{
    /// <summary>Why all users take the route that is meant for those who match; null where it picks some out, or where there is no match.</summary>
    /// <remarks>See docs/facts/envoy.md#ordinary-headers for what every user sends.</remarks>
    /// <param name="hasAffinity">Whether the analysis has a sessionAffinity.</param>
    public static string? WhyEverybody(CanaryRouter router, Node match, Node service, bool hasAffinity)
    {
        if (match.Count == 0)
            return null;
        if (!router.KnowsMatch)
            return $"{router.Title} knows no match";
        if (router.IsGatewayApi)
            return hasAffinity ? "with sessionAffinity the route with the weights has no match" : WhyInGateway(match);
        return router.IsIstio ? WhyInIstio(match, service) : null;
    }

    /// <summary>flagger pkg/router/gateway_api.go, mapRouteMatches: one condition that it cannot write, and it writes none.</summary>
    private static string? WhyInGateway(Node match)
    {
        var some = false;
        foreach (var item in match.Items)
        {
            var entry = item;
            if (!PicksSome(entry))
                return Ordinary;
            foreach (var condition in Conditions(entry["headers"u8]).Concat(Conditions(entry["queryParams"u8])))
            {
                if (IsBlank(condition["exact"u8]) && IsBlank(condition["regex"u8]))
                    return "Gateway API's router writes no match at all where a condition is neither exact nor regex";
                some = true;
            }
        }
        return some ? null : "Gateway API's router knows conditions of headers and queryParams only";
    }

    /// <summary>
    /// Flagger pkg/router/istio.go, mergeMatchConditions: beside a service.match only headers and sourceLabels are taken over; each combination of an
    /// entry of one and of the other is one way into the route.
    /// </summary>
    private static string? WhyInIstio(Node match, Node service)
    {
        var defaults = service["match"u8];
        if (defaults.Count == 0)
        {
            foreach (var item in match.Items)
            {
                if (!item["headers"u8].HasEntries && !item["queryParams"u8].HasEntries && !item["sourceLabels"u8].HasEntries)
                    return "an entry of match has no condition";
                if (!PicksSome(item))
                    return Ordinary;
            }
            return null;
        }
        foreach (var item in match.Items)
        {
            var all = true;
            foreach (var other in defaults.Items)
                all &= NarrowsNothing(item["headers"u8], other["headers"u8]) && NarrowsNothing(item["sourceLabels"u8], other["sourceLabels"u8]);
            if (!all && !PicksSome(item))
                return Ordinary;
            if (!all)
                continue;
            return item["queryParams"u8].HasEntries
                ? "beside service.match Flagger takes headers and sourceLabels over, and leaves queryParams out"
                : "an entry of match has no condition";
        }
        return null;
    }

    /// <summary>Whether somebody must mean something to fulfil an entry, or nobody can tell how many do.</summary>
    private static bool PicksSome(Node entry)
    {
        if (entry["sourceLabels"u8].HasEntries)
            return true;
        var headers = entry["headers"u8].Entries.Select(e => new Condition(Condition.OfHeader(e.Name), TextMatch.Of(e.Value)));
        var queries = entry["queryParams"u8].Entries.Select(e => new Condition(Condition.OfQuery(e.Name), TextMatch.Of(e.Value)));
        return headers.Concat(queries).Any(c => c.IsChosen || c.IsVague);
    }

    /// <summary>What is written replaces the service's map: it narrows unless each of its entries is there too.</summary>
    private static bool NarrowsNothing(Node written, Node service)
    {
        foreach (var entry in written.Entries)
        {
            if (!service[entry.Name].SameAs(entry.Value))
                return false;
        }
        return true;
    }

    private static IEnumerable<Node> Conditions(Node map)
    {
        foreach (var entry in map.Entries)
            yield return entry.Value;
    }

    private const string Ordinary = "an entry of match has only conditions that every user fulfils";

    private static bool IsBlank(Node text) => text.Text is null or "";
}
