using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// Which of two destinations of a route is the older version: by the Rollout that owns the route, else by their names
/// (docs/how-changes-are-judged.md#direction).
/// </summary>
internal sealed class DestinationAges(Inspection x, RouteOwners rollouts, SplitRoute route)
{
    private IReadOnlyList<RolloutSides>? owners;

    /// <summary>The first as seen from the second.</summary>
    public Age Of(Destination first, Destination second)
    {
        foreach (var sides in owners ??= rollouts.SidesOf(route))
        {
            var side = sides.Of(first);
            var other = sides.Of(second);
            if (side == Side.Stable && other == Side.Canary)
                return Age.Older;
            if (side == Side.Canary && other == Side.Stable)
                return Age.Newer;
        }
        return ByNames(first, second);
    }

    private Age ByNames(Destination first, Destination second)
    {
        if (first.Port is { } port && second.Port is { } other && port != other)
            return Age.Unknown;
        if (first.Host == second.Host)
            return VersionOrder.Compare(first.Subset ?? "", second.Subset ?? "", x.Settings);
        var a = MeshHost.Split(first.Host);
        var b = MeshHost.Split(second.Host);
        if (a.Domain != b.Domain)
            return Age.Unknown;
        if (first.Subset == second.Subset)
            return VersionOrder.Compare(a.First, b.First, x.Settings);
        // a subset of one service and a service for the other version: stable of api, and api-canary
        if (first.Subset is null != second.Subset is null)
            return VersionOrder.Compare(NameOf(a.First, first.Subset), NameOf(b.First, second.Subset), x.Settings);
        return Age.Unknown;
    }

    private static string NameOf(string service, string? subset) => subset is null ? service : $"{service}-{subset}";
}
