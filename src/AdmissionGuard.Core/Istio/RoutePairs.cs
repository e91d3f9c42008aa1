namespace AdmissionGuard.Core.Istio;

/// <summary>Which route of a VirtualService before is which one after (facts 9.0.1).</summary>
internal static class RoutePairs
{
    /// <summary>Whether any route's name, conditions or destinations changed. Compares bytes only: most updates change nothing here.</summary>
    public static bool Differ(IReadOnlyList<VirtualServiceRoute> old, IReadOnlyList<VirtualServiceRoute> @new)
    {
        if (old.Count != @new.Count) return true;
        for (var i = 0; i < old.Count; i++)
        {
            var (a, b) = (old[i].Node, @new[i].Node);
            var same = old[i].Protocol == @new[i].Protocol
                && a["route"u8].Raw.SequenceEqual(b["route"u8].Raw)
                && a["match"u8].Raw.SequenceEqual(b["match"u8].Raw)
                && a["name"u8].Raw.SequenceEqual(b["name"u8].Raw);
            if (!same) return true;
        }
        return false;
    }

    /// <summary>
    /// Each old route with its partner, or with null. By name; then by equal conditions; then, where the protocol has as many routes as before, by place,
    /// except where both have a name of their own: that is a route removed and another one made.
    /// </summary>
    public static IReadOnlyList<(VirtualServiceRoute Old, VirtualServiceRoute? New)> Of(IReadOnlyList<VirtualServiceRoute> old, IReadOnlyList<VirtualServiceRoute> @new)
    {
        var pairs = new (VirtualServiceRoute Old, VirtualServiceRoute? New)[old.Count];
        for (var i = 0; i < pairs.Length; i++) pairs[i] = (old[i], null);
        var left = new List<VirtualServiceRoute>(@new);
        Pair(pairs, left, r => r.Name);
        Pair(pairs, left, r => $"{r.Protocol} {r.Conditions.Canonical}");
        var grown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var protocol in (ReadOnlySpan<string>)["http", "tls", "tcp"])
        {
            if (old.Count(r => r.Protocol == protocol) != @new.Count(r => r.Protocol == protocol)) grown.Add(protocol);
        }
        Pair(pairs, left, r => grown.Contains(r.Protocol) ? null : $"{r.Protocol} {r.Index}", (a, b) => a.Name is null || b.Name is null);
        return pairs;
    }

    /// <summary>Of several with one key, the first goes with the first.</summary>
    private static void Pair(
        (VirtualServiceRoute Old, VirtualServiceRoute? New)[] pairs,
        List<VirtualServiceRoute> left,
        Func<VirtualServiceRoute, string?> keyOf,
        Func<VirtualServiceRoute, VirtualServiceRoute, bool>? may = null)
    {
        if (left.Count == 0) return;
        var waiting = new Dictionary<string, Queue<int>>(StringComparer.Ordinal);
        for (var i = 0; i < pairs.Length; i++)
        {
            if (pairs[i].New is not null || keyOf(pairs[i].Old) is not { } key) continue;
            if (!waiting.TryGetValue(key, out var queue)) waiting[key] = queue = new Queue<int>();
            queue.Enqueue(i);
        }
        left.RemoveAll(route =>
        {
            if (keyOf(route) is not { } key || !waiting.TryGetValue(key, out var queue) || !queue.TryPeek(out var i)) return false;
            if (may?.Invoke(pairs[i].Old, route) == false) return false;
            pairs[queue.Dequeue()].New = route;
            return true;
        });
    }
}
