using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>The part of a route's users that goes to one target.</summary>
/// <param name="Percent">More than 0.</param>
/// <param name="Item">The first destination of the route with this target and some of them.</param>
internal readonly record struct UserShare(double Percent, Node Item, VirtualServiceRoute Route);

/// <summary>
/// What share of users each target of a VirtualService gets. What a target is, the caller says by a key: destinations with equal keys count together,
/// such as all subsets of a host, or all ports of a subset.
/// </summary>
internal static class UserShares
{
    /// <summary>Of one route, guesses included where a weight cannot be read (<see cref="Shares.IsKnown"/>).</summary>
    public static IReadOnlyDictionary<TKey, UserShare> Of<TKey>(VirtualServiceRoute route, KubeObject virtualService, Func<Destination, TKey> keyOf)
        where TKey : notnull
    {
        var shares = new Dictionary<TKey, UserShare>();
        var targets = route.Targets(virtualService);
        for (var i = 0; i < targets.Count; i++)
        {
            var share = route.Shares.Span[i];
            if (share.Percent <= 0)
                continue;
            var key = keyOf(targets[i]);
            shares[key] = shares.TryGetValue(key, out var before)
                ? before with
                {
                    Percent = before.Percent + share.Percent,
                }
                : new UserShare(share.Percent, share.Destination, route);
        }
        return shares;
    }

    /// <summary>For each target, the largest share that one route gives it; routes whose weights cannot be read do not count.</summary>
    public static IReadOnlyDictionary<TKey, UserShare> Largest<TKey>(
        IReadOnlyList<VirtualServiceRoute> routes,
        KubeObject virtualService,
        Func<Destination, TKey> keyOf
    )
        where TKey : notnull
    {
        var most = new Dictionary<TKey, UserShare>();
        foreach (var route in routes.Where(r => r.Shares.IsKnown))
        {
            foreach (var (key, share) in Of(route, virtualService, keyOf))
            {
                if (share.Percent > most.GetValueOrDefault(key).Percent)
                    most[key] = share;
            }
        }
        return most;
    }
}
