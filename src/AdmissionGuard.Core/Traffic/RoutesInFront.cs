namespace AdmissionGuard.Core.Traffic;

/// <summary>Routes that were not there before, and whose users they take.</summary>
internal static class RoutesInFront
{
    /// <summary>
    /// Each new route in front of the catch-all, or of the one for the same names of a TLS client, with the old route that had its users: what
    /// remains to tell them apart are ports, gateways and callers, which no user chooses.
    /// </summary>
    public static IEnumerable<(SplitRoute Had, SplitRoute Added)> Of(IReadOnlyList<SplitRoute> old, IReadOnlyList<SplitRoute> now)
    {
        if (!RoutePairs.Differ(old, now))
            yield break;
        var known = RoutePairs.Of(old, now).Select(p => p.New).OfType<SplitRoute>().ToHashSet();
        foreach (var added in now)
        {
            if (known.Contains(added) || old.FirstOrDefault(o => Had(o, added)) is not { } had)
                continue;
            var last = now.FirstOrDefault(r => r.Protocol == added.Protocol && r.IsCatchAll);
            if (last is null || last == added || added.Index < last.Index)
                yield return (had, added);
        }
    }

    /// <summary>A TLS route is tried before the one for all streams: names of TLS clients are more than an address.</summary>
    private static bool Had(SplitRoute old, SplitRoute added) =>
        old.Protocol == added.Protocol
            ? old.IsCatchAll || SharesNames(old, added)
            : added.Protocol == "tls" && old is { Protocol: "tcp", IsCatchAll: true };

    private static bool SharesNames(SplitRoute old, SplitRoute added)
    {
        var names = NamesOf(added).ToHashSet(StringComparer.Ordinal);
        return NamesOf(old).Any(names.Contains);
    }

    private static IEnumerable<string> NamesOf(SplitRoute route) =>
        route.Match.Items.SelectMany(m => m["sniHosts"u8].Items).Select(h => h.Text ?? "").Where(h => h.Length > 0);
}
