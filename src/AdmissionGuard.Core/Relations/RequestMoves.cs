using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>An ordinary request of which a newer or unknown version gets a larger share by a change than a limit allows.</summary>
/// <param name="Was">Null where the service itself answered, without a route.</param>
/// <param name="Now">Null where the service itself answers from now on.</param>
/// <param name="IsSure">The users come from older versions; otherwise nobody can tell.</param>
internal sealed record RequestMoves(ChangedTable Table, RequestMove Change, UserShift Shift, UserShift.Move Move, bool IsSure)
{
    public TableRule? Was => Change.Was;

    public TableRule? Now => Change.Now;

    /// <summary>Nobody can tell how many users send such a request.</summary>
    public bool IsOfSome => IsVague(Change);

    /// <summary>Each pair of rules and destination once.</summary>
    /// <param name="limit">Points of share.</param>
    public static IEnumerable<RequestMoves> Of(Inspection x, double limit, IReadOnlyList<string> exempt)
    {
        var told = new HashSet<(object?, object?)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in RouteChange.Of(x).Tables)
        {
            foreach (var change in table.Change.Moves)
            {
                if (!told.Add((change.Was?.Route, change.Now?.Route)) || !RequestSides.IsMatterOf(x, change))
                    continue;
                foreach (var found in Of(x, table, change, limit))
                {
                    if (!Wildcard.MatchesAny(exempt, found.Move.Destination.Host) && keys.Add($"{change.Now?.Route.Key} {found.Move.Destination}"))
                        yield return found;
                }
            }
        }
    }

    /// <summary>
    /// Whether a destination had users before and is the older side of another that has some: users of something else are its own again.
    /// </summary>
    private static bool IsProvenSide(UserShift shift, UserShift.Move grown, DestinationAges ages) =>
        grown.From > 0
        && shift.Moves.Any(m => m.To > 0 && m.Destination != grown.Destination && ages.Of(grown.Destination, m.Destination) == Age.Older);

    private static bool IsVague(RequestMove change) => change.Now?.Match.IsVague == true || change.Was?.Match.IsVague == true;

    private static IEnumerable<RequestMoves> Of(Inspection x, ChangedTable table, RequestMove change, double limit)
    {
        var was = RequestSides.Before(x, table, change.Was);
        var now = RequestSides.After(x, table, change.Now);
        if (was is null || now is null)
            yield break;
        var shift = new UserShift(was, now);
        DestinationAges? ages = null;
        foreach (var move in shift.Moves)
        {
            if (move.Growth <= limit)
                continue;
            ages ??= new DestinationAges(x, new RouteOwners(x, (change.Now ?? change.Was)!.Of.Key), (change.Now ?? change.Was)!.Route);
            var isPlain = change.Was is null || change.Now is null;
            var (forward, unknown) = shift.SourcesOf(move, isPlain ? (a, b) => RequestSides.AgeOfPlain(x, ages, shift, (a, b)) : ages.Of);
            if (unknown > 0 && IsProvenSide(shift, move, ages))
                unknown = 0;
            if (forward + unknown > limit)
            {
                var isSure = forward > limit && !IsVague(change) && (!isPlain || RequestSides.IsServiceKnown(x, table));
                yield return new RequestMoves(table, change, shift, move, isSure);
            }
        }
    }
}
