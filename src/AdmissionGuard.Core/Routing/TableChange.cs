namespace AdmissionGuard.Core.Routing;

/// <summary>
/// What becomes of requests when one table follows another: those that no user-chosen condition selects, one for each way in which the conditions
/// of both tables can differ.
/// </summary>
internal sealed class TableChange
{
    /// <summary>More requests are not tried.</summary>
    public const int MostRequests = 2000;

    private readonly List<RequestMove> moves = [];

    /// <param name="host">Qualified, or as a gateway has it.</param>
    /// <param name="effort">Of the whole review.</param>
    public TableChange(RequestTable before, RequestTable after, string host, Effort effort)
    {
        var changed = Changed(before.Rules, after.Rules);
        if (changed.Count == 0)
            return;
        // about as many requests as entries are tried, each with what changed
        var tried = Math.Min(MostRequests, before.Rules.Count + after.Rules.Count);
        if (!effort.Take(tried, changed.Count, before.Regexes + after.Regexes))
        {
            IsKnown = false;
            return;
        }
        var isEmpty = before.IsEmpty || after.IsEmpty;
        var requests = RequestSamples.Of(
            before.Rules.Concat(after.Rules),
            host,
            MostRequests,
            isEmpty ? null : p => changed.Exists(r => r.Match.TakesPath(p))
        );
        IsKnown = requests is not null;
        foreach (var request in requests ?? [])
        {
            if (isEmpty || changed.Exists(r => r.Match.Takes(request)))
                moves.Add(new RequestMove(request, before.TakerOf(request), after.TakerOf(request)));
        }
    }

    /// <summary>False where there are more than <see cref="MostRequests"/>, or where they cost more than the review may.</summary>
    public bool IsKnown { get; } = true;

    /// <summary>
    /// Each request that some changed rule takes, before or after, and all where nobody had the host or nobody has it any more; the same rule may
    /// have it in both.
    /// </summary>
    public IReadOnlyList<RequestMove> Moves => moves;

    /// <summary>What is left of both lists without their common beginning and end: no other rule can take a request from another.</summary>
    private static List<TableRule> Changed(IReadOnlyList<TableRule> old, IReadOnlyList<TableRule> @new)
    {
        var least = Math.Min(old.Count, @new.Count);
        var start = 0;
        while (start < least && IsSame(old[start], @new[start]))
            start++;
        var end = 0;
        while (end < least - start && IsSame(old[old.Count - 1 - end], @new[@new.Count - 1 - end]))
            end++;
        return [.. old.Skip(start).SkipLast(end), .. @new.Skip(start).SkipLast(end)];
    }

    private static bool IsSame(TableRule a, TableRule b) => ReferenceEquals(a, b) || a.IsSameAs(b);
}

/// <summary>Who takes a request before and after; null where nobody does.</summary>
internal readonly record struct RequestMove(Request Request, TableRule? Was, TableRule? Now);
