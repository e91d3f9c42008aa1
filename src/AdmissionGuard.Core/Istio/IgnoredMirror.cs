using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>What is written about mirroring in a route and does nothing, as findings.</summary>
internal static class IgnoredMirror
{
    public static IEnumerable<Finding> Of(VirtualServiceRoute route)
    {
        var list = route.Node["mirrors"u8];
        var share = OfShare(route, list);
        if (list is not { IsArray: true, Count: 0 })
            return share is null ? [] : [share];
        var empty = new Finding(list, $"{route.Key} mirrors", "mirrors is empty, at least one destination is expected: nothing is mirrored")
        {
            Remedy = "# leave mirrors out",
        };
        return share is null ? [empty] : [empty, share];
    }

    private static Finding? OfShare(VirtualServiceRoute route, Node list)
    {
        var old = route.Node["mirrorPercent"u8] is { Exists: true } known ? known : route.Node["mirror_percent"u8];
        var percentage = route.Node["mirrorPercentage"u8];
        if (!percentage.Exists && !old.Exists)
            return null;
        var at = old.Exists ? old : percentage;
        if (!route.Node["mirror"u8].Exists)
        {
            var instead = list.Count > 0 ? "each of mirrors has a percentage of its own" : "nothing is mirrored";
            return new Finding(at, $"{route.Key} mirror share", $"a share to mirror without mirror, which Istio ignores: {instead}")
            {
                Remedy = list.Count > 0 ? "# in each item of mirrors:\npercentage: {value: 10}" : "# leave it out",
            };
        }
        if (!percentage.Exists || !old.Exists)
            return null;
        return new Finding(
            old,
            $"{route.Key} mirror share",
            $"the deprecated mirrorPercent {Shown.Value(old)} beside mirrorPercentage {Shown.Value(percentage["value"u8])}, which alone counts"
        )
        {
            Remedy = "# leave mirrorPercent out",
        };
    }
}
