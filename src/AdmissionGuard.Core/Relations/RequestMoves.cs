using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>An ordinary request of which a newer or unknown version gets a larger share by an update than a limit allows.</summary>
/// <param name="IsSure">The users come from older versions; otherwise nobody can tell.</param>
internal sealed record RequestMoves(Request Request, TableRule Was, TableRule Now, UserShift Shift, UserShift.Move Move, bool IsSure)
{
    /// <summary>Each pair of rules and destination once; null where the requests are too many to try.</summary>
    /// <param name="limit">Points of share.</param>
    public static IReadOnlyList<RequestMoves>? Of(Inspection x, RouteOwners rollouts, Subject old, double limit, IReadOnlyList<string> exempt)
    {
        var told = new HashSet<(SplitRoute, SplitRoute)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var found = new List<RequestMoves>();
        foreach (var change in RequestTables.Changes(x, old))
        {
            if (!change.IsKnown)
                return null;
            foreach (var (request, was, now) in change.Moved)
            {
                if (!told.Add((was.Route, now.Route)) || !was.Route.Shares.IsKnown || !now.Route.Shares.IsKnown)
                    continue;
                var ages = new DestinationAges(x, rollouts, now.Route);
                var shift = new UserShift(
                    was.Route.Shares,
                    item => was.Route.DestinationOf(item, was.Of),
                    now.Route.Shares,
                    item => now.Route.DestinationOf(item, now.Of)
                );
                foreach (var move in shift.Moves)
                {
                    if (move.Growth <= limit || Wildcard.MatchesAny(exempt, move.Destination.Host))
                        continue;
                    var (forward, unknown) = shift.SourcesOf(move, ages.Of);
                    if (forward + unknown > limit && keys.Add($"{now.Route.Key} {move.Destination}"))
                        found.Add(new RequestMoves(request, was, now, shift, move, forward > limit));
                }
            }
        }
        return found;
    }

    /// <summary>The finding about the two rules, with the request as its key; in the message where two rules differ in more than weights.</summary>
    public Finding Told(Inspection x, Finding finding)
    {
        var isMine = Now.Of.Key == x.Key;
        var isOneRoute = isMine && Was.Of.Key == x.Key && Was.Route.CanonicalMatch == Now.Route.CanonicalMatch;
        var by = isMine ? "" : $", by {Now.Route.Title} of {Now.Of.Key.TitleIn(x.Subject.Namespace)}";
        return finding with
        {
            At = isMine ? finding.At : RoutesOf(x),
            Key = $"{Request} {Move.Destination}",
            Message = isOneRoute ? finding.Message : $"{Request}: {finding.Message}{by}",
            Remedy = isOneRoute ? finding.Remedy : null,
        };
    }

    public static Finding Unknown(Inspection x) =>
        new(
            RoutesOf(x),
            "requests",
            $"the conditions of the routes tell more than {TableChange.MostRequests} kinds of requests apart: this update was only compared route by "
                + "route"
        )
        {
            Remedy = "# change the routes in several updates, or use fewer conditions that differ in more than the path",
            AtMost = GuardAction.Warn,
        };

    private static Json.Node RoutesOf(Inspection x) => x.Key.Kind == ObjectKind.VirtualService ? x.Spec["http"u8] : x.Spec["rules"u8];
}
