using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>
/// A newer version takes over its users in steps; an older one may take them back at once. See docs/how-changes-are-judged.md#direction.
/// </summary>
internal static class WeightIncrease
{
    private static readonly IntegerParameter MaxIncrease = new(
        "maxIncrease",
        50,
        1,
        100,
        "points of share by which a newer version may grow in one update"
    )
    {
        Strict = 30,
    };
    private static readonly NamesParameter ExemptHosts = new(
        "exemptHosts",
        "hosts that may be switched at once, such as a ServiceEntry's whose version is in its name; fully qualified, * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-weight-increase",
        Summary = "A change of a VirtualService, HTTPRoute or TrafficSplit must move users to a newer version in steps.",
        Why =
            "A bad version hurts everybody it serves at once: one update from 0 to 100 % is a global outage with no canary to stop it (Google "
            + "SRE Workbook, chapter 16). "
            + "Judged are shares, weight by the sum of the weights, as Istio routes (pilot/pkg/networking/core/route/route.go): 5/5 is 50 %, "
            + "and a single destination gets everything; in an HTTPRoute an omitted weight is 1 (Gateway API), in a TrafficSplit 500m is "
            + "half of 1 (SMI). Compared is who takes a request before and after, of requests that no user-chosen header, cookie or query "
            + "selects: a route in front, another order, a deleted or older object move users as weights do. "
            + "Which version is the older one is told by the Rollout that owns the route, else by names, which tells what Flagger calls primary "
            + "and canary too. Going back is never refused, and where nobody can tell, as between regions, it is a warning. "
            + "What it cannot see: growth in several updates, or by a deletion and a creation, unless rememberShares of the GuardSettings keeps the "
            + "shares of the last 10 minutes; and names that say nothing of age, of which it only warns.",
        Remedy = "Raise the weight of the newer version in several updates, with time between them to look at it.",
        Kinds = [ObjectKind.VirtualService, ObjectKind.HttpRoute, ObjectKind.TrafficSplit],
        Reads = [ObjectKind.Rollout, .. RouteChange.Kinds],
        Parameters = [MaxIncrease, ExemptHosts],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Growth = MaxIncrease,
        OnDelete = true,
        Check = Check,
    };

    /// <summary>Half of what the last digit shown is worth: nobody is refused for 60 % where 60 % is allowed.</summary>
    private const double Tolerance = 0.05;

    /// <summary>
    /// More removed routes are a rewrite, of which as many warnings say nothing new; each costs a look at the catch-all's destinations.
    /// </summary>
    private const int MostRemoved = 20;

    private static void Check(Inspection x)
    {
        if (x.Before is null)
            return;
        var isKnown = RouteChange.Of(x).IsKnown;
        foreach (var move in RequestMoves.Of(x, x.Get(MaxIncrease) + Tolerance, x.Get(ExemptHosts)))
            x.Report(MoveText.Of(x, move, x.Get(MaxIncrease)));
        if (!isKnown)
            x.Report(MoveText.Unknown(x));
        if (x.Old is { } old && RoutePairs.Differ(old.Splits, x.Subject.Splits))
            ByRoutes(x, old, skipsRequests: isKnown);
    }

    /// <summary>What has no requests to tell apart: streams, TrafficSplits, and where the requests are too many.</summary>
    private static void ByRoutes(Inspection x, Subject old, bool skipsRequests)
    {
        var rollouts = new RouteOwners(x);
        List<SplitRoute>? fallbacks = null;
        var removed = 0;
        foreach (var (before, after) in RoutePairs.Of(old.Splits, x.Subject.Splits))
        {
            if ((skipsRequests && before is VirtualServiceRoute { IsHttp: true } or HttpRouteRule) || (after is null && ++removed > MostRemoved))
                continue;
            var now = after ?? (fallbacks ??= FallbacksOf(x)).Find(r => r.Protocol == before.Protocol);
            if (now is not null)
                Compare(x, rollouts, old, (before, now), after is null ? Pairing.Removed : Pairing.Same);
        }
        foreach (var (before, added) in RoutesInFront.Of(old.Splits, x.Subject.Splits).Take(MostRemoved))
        {
            if (!(skipsRequests && added is VirtualServiceRoute { IsHttp: true } or HttpRouteRule))
                Compare(x, rollouts, old, (before, added), Pairing.Added);
        }
    }

    /// <summary>
    /// Where the requests of a route fall that is no more, as far as that can be told: the first route of its protocol that takes all.
    /// </summary>
    private static List<SplitRoute> FallbacksOf(Inspection x) => [.. x.Subject.Splits.Where(r => r.IsCatchAll).DistinctBy(r => r.Protocol)];

    private static void Compare(Inspection x, RouteOwners rollouts, Subject old, (SplitRoute Before, SplitRoute Now) pair, Pairing pairing)
    {
        var (before, now) = pair;
        if (!before.Shares.IsKnown || !now.Shares.IsKnown || before.Destinations.Raw.SequenceEqual(now.Destinations.Raw))
            return;
        var shift = new UserShift(before.TargetsOf(old), now.TargetsOf(x.Subject));
        var ages = new DestinationAges(x, rollouts, now);
        var limit = x.Get(MaxIncrease) + Tolerance;
        foreach (var move in shift.Moves)
        {
            if (move.Growth <= limit || Wildcard.MatchesAny(x.Get(ExemptHosts), move.Destination.Host))
                continue;
            var (forward, unknown) = shift.SourcesOf(move, ages.Of);
            if (forward + unknown > limit)
                x.Report(MoveText.Of(x, new RouteMove(before, now, shift, move, forward > limit), pairing, x.Get(MaxIncrease)));
        }
    }
}
