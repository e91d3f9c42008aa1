using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Traffic;

/// <summary>
/// How a change of weights moves a route's users between destinations, in points of share (docs/how-changes-are-judged.md#direction).
/// </summary>
internal sealed class UserShift
{
    /// <param name="Item">Of the new route, or of the old one where the new one has it no more.</param>
    internal readonly record struct Move(Destination Destination, Node Item, double From, double To)
    {
        public double Growth => To - From;
    }

    /// <summary>A destination with its share of users.</summary>
    /// <param name="Item">Where it stands; absent where nobody wrote it.</param>
    internal readonly record struct Target(Destination Destination, Node Item, double Percent);

    private readonly List<Move> moves = [];

    /// <summary>A destination that is new begins at 0, one that is gone ends at 0; one that is listed twice has the sum.</summary>
    public UserShift(IEnumerable<Target> old, IEnumerable<Target> @new)
    {
        var index = new Dictionary<Destination, int>();
        foreach (var target in @new)
            Add(index, target.Destination, target.Item, 0, target.Percent);
        foreach (var target in old)
            Add(index, target.Destination, target.Item, target.Percent, 0);
    }

    /// <summary>In the order of the new route; what it has no more comes last.</summary>
    public IReadOnlyList<Move> Moves => moves;

    /// <summary>
    /// Whose users make a destination grow: those of older ones (forward), and those of which it is not known (a failover must pass).
    /// Users of newer ones come back, and are not counted however many they are.
    /// </summary>
    /// <param name="ageOf">The age of the first as seen from the second.</param>
    public (double Forward, double Unknown) SourcesOf(Move grown, Func<Destination, Destination, Age> ageOf)
    {
        double older = 0,
            unknown = 0;
        foreach (var move in moves)
        {
            if (move.Growth >= 0 || move.Destination.DiffersOnlyByAnUnsaidPort(grown.Destination))
                continue;
            var age = ageOf(move.Destination, grown.Destination);
            if (age == Age.Older)
                older -= move.Growth;
            else if (age == Age.Unknown)
                unknown -= move.Growth;
        }
        var forward = Math.Min(grown.Growth, older);
        return (forward, Math.Min(grown.Growth - forward, unknown));
    }

    /// <summary>The weights, of sum 100, that go the same way but by no more than the limit.</summary>
    public IReadOnlyList<(Node Item, int Weight)> Next(int limit)
    {
        double most = limit;
        foreach (var move in moves)
            most = Math.Max(most, move.Growth);
        var next = new (Node Item, int Weight)[moves.Count];
        int rest = 100,
            loser = 0;
        for (var i = 0; i < next.Length; i++)
        {
            next[i] = (moves[i].Item, (int)Math.Floor(moves[i].From + (moves[i].Growth * limit / most) + 1e-6));
            rest -= next[i].Weight;
            if (moves[i].Growth < moves[loser].Growth)
                loser = i;
        }
        if (next.Length > 0)
            next[loser].Weight += rest;
        return next;
    }

    private void Add(Dictionary<Destination, int> index, Destination destination, Node item, double from, double to)
    {
        if (!index.TryGetValue(destination, out var at))
        {
            index[destination] = moves.Count;
            moves.Add(new Move(destination, item, from, to));
            return;
        }
        var known = moves[at];
        moves[at] = known with { From = known.From + from, To = known.To + to };
    }
}
