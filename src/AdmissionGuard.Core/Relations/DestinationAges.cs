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
    private IReadOnlyList<IstioRouting>? owners;

    private enum Side
    {
        None,
        Stable,
        Canary,
    }

    /// <summary>The first as seen from the second.</summary>
    public Age Of(Destination first, Destination second)
    {
        foreach (var owner in owners ??= rollouts.Of(route))
        {
            var (a, b) = (SideOf(owner, first, second.Host), SideOf(owner, second, first.Host));
            if (a != Side.None && b != Side.None && a != b)
                return a == Side.Stable ? Age.Older : Age.Newer;
        }
        return ByNames(first, second);
    }

    /// <summary>
    /// A Rollout tells its sides apart by subsets of one host, or by Services, of which Argo compares the first DNS label
    /// (docs/facts/argo-rollouts.md#sides).
    /// </summary>
    private static Side SideOf(IstioRouting owner, Destination of, string otherHost)
    {
        if (of.Host == otherHost)
        {
            return of.Subset is null ? Side.None
                : of.Subset == owner.StableSubset ? Side.Stable
                : of.Subset == owner.CanarySubset ? Side.Canary
                : Side.None;
        }
        var service = MeshHost.Split(of.Host).First;
        return service == owner.StableService ? Side.Stable
            : service == owner.CanaryService ? Side.Canary
            : Side.None;
    }

    private Age ByNames(Destination first, Destination second)
    {
        if (first.Port != second.Port)
            return Age.Unknown;
        if (first.Host == second.Host)
            return VersionOrder.Compare(first.Subset ?? "", second.Subset ?? "", x.Settings);
        var (a, b) = (MeshHost.Split(first.Host), MeshHost.Split(second.Host));
        return first.Subset == second.Subset && a.Domain == b.Domain ? VersionOrder.Compare(a.First, b.First, x.Settings) : Age.Unknown;
    }
}
