using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// Whether nobody can reach what an object is for any more, as when the Services went first: then its deletion hurts nobody. Who asks reads Services,
/// ServiceEntries and DestinationRules.
/// </summary>
internal static class Users
{
    /// <param name="host">Qualified. Of a wildcard nobody can tell.</param>
    public static bool AreGone(Inspection x, string host) => !MeshHost.IsWildcard(host) && HostRegistry.Look(x.World, host, out _) == Presence.Absent;

    /// <summary>Of a VirtualService: every host that it sends users to is gone.</summary>
    public static bool AreGoneOfRoutes(Inspection x)
    {
        var hosts = x
            .Subject.Routes.SelectMany(r => r.Shares.Destinations)
            .Select(s => Destination.OfIstio(s.Destination, x.Subject).Host)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return hosts.Count > 0 && hosts.TrueForAll(h => AreGone(x, h));
    }

    /// <summary>Of a Rollout: the Services that it names, or the host of its DestinationRule, are gone.</summary>
    public static bool AreGoneOf(Inspection x, ObjectKey key, Node rollout)
    {
        var services = new RolloutReferences(rollout, key.Namespace).Services.Select(s => s.Key).ToList();
        if (services.Count > 0)
            return services.TrueForAll(s => x.World.Look(s, out _) == Presence.Absent);
        return RolloutTies.HostOf(x, new IstioRouting(rollout, key.Namespace)) is { } host && AreGone(x, host);
    }
}
