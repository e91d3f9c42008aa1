namespace AdmissionGuard.Core.Traffic;

/// <summary>Which route before is which one after (docs/how-changes-are-judged.md#direction).</summary>
internal static class RoutePairs
{
    /// <summary>Whether any route's name, conditions or destinations changed. Compares bytes only: most updates change nothing here.</summary>
    public static bool Differ(IReadOnlyList<SplitRoute> old, IReadOnlyList<SplitRoute> @new)
    {
        if (old.Count != @new.Count)
            return true;
        for (var i = 0; i < old.Count; i++)
        {
            var a = old[i];
            var b = @new[i];
            var same =
                a.Protocol == b.Protocol
                && a.Destinations.Raw.SequenceEqual(b.Destinations.Raw)
                && a.Match.Raw.SequenceEqual(b.Match.Raw)
                && a.NameNode.Raw.SequenceEqual(b.NameNode.Raw);
            if (!same)
                return true;
        }
        return false;
    }

    /// <summary>
    /// Each old route with its partner, or with null. By name; then by equal conditions; then, where the protocol has as many routes as before, by
    /// place,
    /// except where both have a name of their own: that is a route removed and another one made.
    /// </summary>
    public static IReadOnlyList<(T Old, T? New)> Of<T>(IReadOnlyList<T> old, IReadOnlyList<T> @new)
        where T : SplitRoute
    {
        var pairs = new (T Old, T? New)[old.Count];
        for (var i = 0; i < pairs.Length; i++)
            pairs[i] = (old[i], null);
        var left = new List<T>(@new);
        Pair(pairs, left, r => r.Name);
        Pair(pairs, left, r => $"{r.Protocol} {r.CanonicalMatch}");
        var grown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var protocol in old.Select(r => r.Protocol).Distinct(StringComparer.Ordinal))
        {
            if (old.Count(r => r.Protocol == protocol) != @new.Count(r => r.Protocol == protocol))
                grown.Add(protocol);
        }
        Pair(pairs, left, r => grown.Contains(r.Protocol) ? null : $"{r.Protocol} {r.Index}", (a, b) => a.Name is null || b.Name is null);
        return pairs;
    }

    /// <summary>Of several with one key, the first goes with the first.</summary>
    private static void Pair<T>((T Old, T? New)[] pairs, List<T> left, Func<T, string?> keyOf, Func<T, T, bool>? may = null)
        where T : SplitRoute
    {
        if (left.Count == 0)
            return;
        var waiting = new Dictionary<string, Queue<int>>(StringComparer.Ordinal);
        for (var i = 0; i < pairs.Length; i++)
        {
            if (pairs[i].New is not null || keyOf(pairs[i].Old) is not { } key)
                continue;
            if (!waiting.TryGetValue(key, out var queue))
                waiting[key] = queue = new Queue<int>();
            queue.Enqueue(i);
        }
        left.RemoveAll(route =>
        {
            if (keyOf(route) is not { } key || !waiting.TryGetValue(key, out var queue) || !queue.TryPeek(out var i))
                return false;
            if (may?.Invoke(pairs[i].Old, route) == false)
                return false;
            pairs[queue.Dequeue()].New = route;
            return true;
        });
    }
}
