using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>A table in which an object might have routes.</summary>
/// <param name="IsMine">Whether it has some.</param>
internal sealed record ReachedTable(string Host, RouteCaller Caller, RequestTable Table, bool IsMine);

/// <summary>
/// Where the routes of a VirtualService or HTTPRoute get requests, of whom. Rules that ask read <see cref="RouteChange.Kinds"/>.
/// </summary>
internal sealed class RouteReach
{
    /// <summary>Hosts with their gateways; of more, the rest is not looked at.</summary>
    private const int MostPlaces = 20;

    private readonly RouteObject of;
    private List<HiddenRoute>? hidden;

    public RouteReach(RequestTables tables, RouteObject of)
    {
        this.of = of;
        var places = RouteAttachment.PlacesOf(tables, of.Of).Distinct().Take(MostPlaces + 1).ToList();
        IsWhole = places.Count <= MostPlaces;
        var found = new List<ReachedTable>();
        foreach (var (host, gateway) in places.Take(MostPlaces))
        {
            foreach (var caller in RouteCallers.Known(host, gateway, tables))
            {
                var table = tables.For(host, caller);
                found.Add(new ReachedTable(host, caller, table, table.Rules.Any(r => r.Owner.Key == of.Of.Key)));
            }
        }
        Tables = found;
    }

    public static RouteReach Of(Inspection x) => x.Shared(i => new RouteReach(RequestTables.Of(i), new RouteObject(i.Subject, i.Subject.Splits)));

    public IReadOnlyList<ReachedTable> Tables { get; }

    /// <summary>Whether all places were looked at.</summary>
    public bool IsWhole { get; }

    /// <summary>The routes that get no request from anybody, though the object has an effect; delegating routes are left out.</summary>
    public IReadOnlyList<HiddenRoute> Hidden => hidden ??= IsWhole ? Find() : [];

    private List<HiddenRoute> Find()
    {
        var mine = Tables.Where(t => t.IsMine).ToList();
        var found = new List<HiddenRoute>();
        if (mine.Count == 0)
            return found;
        var takers = new Dictionary<SplitRoute, TableRule>();
        var alive = new HashSet<SplitRoute>();
        var effort = new Effort();
        foreach (var table in mine.Select(t => t.Table).Distinct())
        {
            // what is not tried is taken to be alive
            if (!effort.Take(table.Rules.Count, 1, table.Regexes))
            {
                alive.UnionWith(table.Rules.Select(r => r.Route));
                continue;
            }
            for (var i = 0; i < table.Rules.Count; i++)
            {
                var rule = table.Rules[i];
                if (rule.Of.Key != of.Of.Key || alive.Contains(rule.Route))
                    continue;
                if (RuleReach.TakerOfAll(table, i) is { } taker)
                    takers.TryAdd(rule.Route, taker);
                else
                    alive.Add(rule.Route);
            }
        }
        foreach (var route in of.Routes)
        {
            if (
                !alive.Contains(route)
                && route is not Istio.VirtualServiceRoute { IsHttp: false } and not Istio.VirtualServiceRoute { Delegates: true }
            )
                found.Add(new HiddenRoute(route, takers.GetValueOrDefault(route) ?? TrimmedBy(mine, route)));
        }
        return found;
    }

    /// <summary>The catch-all of the object behind which Istio writes nothing; null where no caller has the route anyway.</summary>
    private TableRule? TrimmedBy(List<ReachedTable> mine, SplitRoute route)
    {
        foreach (var table in mine)
        {
            var isForCaller =
                route.Match.Count == 0 || route.Match.Items.Any(m => RequestMatches.OfIstio(m, of.Of.Namespace).Caller?.Takes(table.Caller) != false);
            if (isForCaller && table.Table.Rules.LastOrDefault(r => r.Owner.Key == of.Of.Key && r.Match.IsCatchAll) is { } by && by.Route != route)
                return by;
        }
        return null;
    }
}

/// <summary>A route that gets no request.</summary>
/// <param name="By">
/// Who takes them: itself where nothing fulfils its conditions; null where no proxy has the route, since its conditions name a port or gateway that
/// nobody has.
/// </param>
internal sealed record HiddenRoute(SplitRoute Route, TableRule? By);
