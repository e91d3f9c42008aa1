using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Routing;

/// <summary>
/// What istiod writes of one VirtualService for a caller (docs/facts/istio.md#route-order, docs/facts/istio.md#delegates;
/// pilot/pkg/networking/core/route/route.go, BuildHTTPRoutesForVirtualService).
/// </summary>
internal static class VirtualServiceRules
{
    /// <summary>Empty: for this caller, the object is as if it were not there.</summary>
    /// <param name="delegateOf">The delegate of this name, as far as the root may have it.</param>
    public static List<TableRule> Of(RouteObject root, RouteCaller caller, Func<ObjectKey, RouteObject?> delegateOf)
    {
        var rules = new List<TableRule>();
        for (var i = 0; i < root.Routes.Count; i++)
        {
            if (root.Routes[i] is not VirtualServiceRoute { IsHttp: true } http)
                continue;
            foreach (var rule in http.Delegates ? Delegated(root.Of, http, delegateOf) : root.RulesOf(i, Own))
            {
                if (rule.Match.Caller?.Takes(caller) == false)
                    continue;
                rules.Add(rule);
                if (rule.Match.IsCatchAll)
                    return rules;
            }
        }
        return rules;
    }

    /// <summary>Of several objects at one gateway: what takes everything comes last (route.go, SortVHostRoutes).</summary>
    public static IReadOnlyList<TableRule> AtGateway(IReadOnlyList<TableRule> rules) =>
        [.. rules.Where(r => !r.Match.IsCatchAll), .. rules.Where(r => r.Match.IsCatchAll)];

    private static TableRule[] Own(KubeObject of, SplitRoute route)
    {
        if (route.Match.Count == 0)
            return [new TableRule(RequestMatch.All, route, of)];
        var rules = new TableRule[route.Match.Count];
        var i = 0;
        foreach (var entry in route.Match.Items)
            rules[i++] = new TableRule(RequestMatches.OfIstio(entry, of.Namespace), route, of);
        return rules;
    }

    /// <summary>Nothing where the delegate is not there, and none of its routes that conflicts with the root's.</summary>
    private static IEnumerable<TableRule> Delegated(KubeObject root, VirtualServiceRoute by, Func<ObjectKey, RouteObject?> delegateOf)
    {
        if (DelegateReference.Of(by.Node, root.Namespace) is not { } key || delegateOf(key) is not { } target)
            yield break;
        foreach (var route in target.Routes)
        {
            if (route is not VirtualServiceRoute { IsHttp: true } http)
                continue;
            foreach (var match in Matches(by.Match, http.Match, root.Namespace, target.Of.Namespace) ?? [])
                yield return new TableRule(match, http, target.Of) { Root = root, RootRoute = by };
        }
    }

    /// <summary>Each entry of the delegate with each of the root that it goes with; null where one goes with none.</summary>
    private static List<RequestMatch>? Matches(Node root, Node leaf, string rootNamespace, string leafNamespace)
    {
        var matches = new List<RequestMatch>();
        if (root.Count == 0 && leaf.Count == 0)
            matches.Add(RequestMatch.All);
        else if (root.Count == 0)
            matches.AddRange(leaf.Items.Select(m => RequestMatches.OfIstio(m, leafNamespace)));
        else if (leaf.Count == 0)
            matches.AddRange(root.Items.Select(m => RequestMatches.OfIstio(m, rootNamespace)));
        foreach (var narrow in root.Count == 0 ? default : leaf.Items)
        {
            var before = matches.Count;
            foreach (var wide in root.Items)
            {
                if (!DelegateConflict.Between(wide, narrow))
                    matches.Add(RequestMatches.OfIstio(narrow, leafNamespace, wide));
            }
            if (matches.Count == before)
                return null;
        }
        return matches;
    }
}
