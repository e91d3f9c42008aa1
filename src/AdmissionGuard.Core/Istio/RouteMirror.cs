using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>A copy of a route's requests (docs/facts/istio.md#mirror).</summary>
/// <param name="At">Where the mirror stands.</param>
/// <param name="Share">The map or number that says how much; absent is everything.</param>
/// <param name="ShareAt">The map that has it, or would have it.</param>
internal readonly record struct RouteMirror(Node At, Node Destination, Node Share, string ShareName, Node ShareAt)
{
    /// <summary>The one of <c>mirror</c>, then those of <c>mirrors</c>.</summary>
    /// <param name="read">Remembers what has the wrong type.</param>
    public static IReadOnlyList<RouteMirror> Of(Node route, Reader read)
    {
        if (!route["mirror"u8].Exists && !route["mirrors"u8].Exists)
            return [];
        var found = new List<RouteMirror>();
        var one = read.Map(route["mirror"u8]);
        if (one.Exists)
            found.Add(new RouteMirror(one, one, ShareOfOne(route), "mirrorPercentage", route));
        foreach (var item in read.Items(route["mirrors"u8]))
        {
            var mirror = read.Map(item);
            if (mirror.Exists)
                found.Add(new RouteMirror(mirror, mirror["destination"u8], mirror["percentage"u8], "percentage", mirror));
        }
        return found;
    }

    /// <summary>100 where nothing is said; an empty map is 0. Null where it cannot be read.</summary>
    public double? Percent(Reader read)
    {
        if (!Share.Exists)
            return 100;
        var number = Share.IsObject ? Share["value"u8] : Share;
        return number.Exists ? read.Number(number) : 0;
    }

    /// <summary>The deprecated number counts where the map is absent (pilot/pkg/networking/core/route/route.go, MirrorPercent).</summary>
    private static Node ShareOfOne(Node route)
    {
        if (route["mirrorPercentage"u8] is { Exists: true } share)
            return share;
        return route["mirrorPercent"u8] is { Exists: true } old ? old : route["mirror_percent"u8];
    }
}
