using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>Which other Rollout writes what the one under review writes: the two overwrite each other.</summary>
internal static class OtherWriters
{
    /// <summary>More users of one object say nothing new.</summary>
    public const int MostRollouts = 20;

    /// <summary>A Rollout writes one or two VirtualServices; each more costs a walk through all routes.</summary>
    public const int MostTargets = 50;

    /// <summary>Of a DestinationRule or Service; null where none does.</summary>
    public static string? Of(Inspection x, ObjectKey key) => OthersOf(x, key, _ => true);

    /// <summary>Of routes of a VirtualService; null where none does.</summary>
    public static string? OfRoutes(Inspection x, ObjectKey key, IReadOnlyList<string> names, IReadOnlyList<VirtualServiceRoute> routes) =>
        OthersOf(x, key, other => WritesOneOf(other, key, names, routes));

    private static string? OthersOf(Inspection x, ObjectKey key, Func<IstioRouting, bool> writes)
    {
        foreach (var (other, root) in x.World.ReferrersOf(key, ObjectKind.Rollout).Take(MostRollouts))
        {
            if (other != x.Key && writes(new IstioRouting(root, other.Namespace)))
                return other.TitleIn(x.Key.Namespace);
        }
        return null;
    }

    private static bool WritesOneOf(IstioRouting other, ObjectKey key, IReadOnlyList<string> names, IReadOnlyList<VirtualServiceRoute> routes)
    {
        foreach (var (_, theirs, _) in other.Targets.Where(t => t.Key == key).Take(MostTargets))
        {
            if (theirs.Count == 0 && names.Count == 0)
                return true;
            var listed = new HashSet<string>(theirs, StringComparer.Ordinal);
            if (names.Any(listed.Contains) || (names.Count == 0 && routes.Any(r => r.Name is { } name && listed.Contains(name))))
                return true;
        }
        return false;
    }
}
