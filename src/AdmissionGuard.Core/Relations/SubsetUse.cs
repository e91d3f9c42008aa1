using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>Whether users go to a host by its subsets, or past them to the host itself. Rules that ask read VirtualServices.</summary>
internal static class SubsetUse
{
    /// <summary>Each costs a walk through its routes, and one is reason enough.</summary>
    private const int Most = 20;

    /// <summary>
    /// Whether nobody is sent to a subset of the object under review: routes name the host alone, or no route names it and all routes are known.
    /// </summary>
    /// <param name="host">Qualified.</param>
    public static bool IsNobodys(Inspection x, string host)
    {
        var isRouted = false;
        foreach (var (key, root) in x.World.Addressing(host, ObjectKind.VirtualService).Take(Most))
        {
            foreach (var (subset, isUsed) in Destinations(new Subject(key, root, x.Settings), host))
            {
                if (isUsed && subset is not null && Has(x, subset))
                    return false;
                isRouted |= isUsed;
            }
        }
        return isRouted || x.World.IsWhole;
    }

    private static IEnumerable<(string? Subset, bool IsUsed)> Destinations(Subject virtualService, string host) =>
        virtualService
            .Routes.SelectMany(r => r.Shares.Destinations.Select(s => (Of: s, r.Shares.IsKnown)))
            .Select(s => (At: Destination.OfIstio(s.Of.Destination, virtualService), IsUsed: s.Of.Percent > 0 || !s.IsKnown))
            .Where(d => d.At.Host == host)
            .Select(d => (d.At.Subset, d.IsUsed));

    private static bool Has(Inspection x, string subset) => x.Spec["subsets"u8].Items.Any(s => s["name"u8].Text == subset);
}
