using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// The http routes of a VirtualService that Argo cannot tell apart: while a Rollout has managedRoutes it pairs routes by name at every change of the
/// weight,
/// so that n of one name, or n without a name, come out n times n (docs/facts/argo-rollouts.md#managed-routes).
/// </summary>
/// <param name="Name">Empty for routes without a name, which Argo takes for equal.</param>
/// <param name="Second">Where the second of them has, or lacks, its name.</param>
internal readonly record struct RepeatedRoutes(string Name, int Count, Place Second)
{
    public string Key => Name.Length == 0 ? "unnamed" : $"named {Name}";

    public string Text => Name.Length == 0 ? $"{Count} http routes without a name" : $"{Count} http routes named {Shown.Quote(Shown.Clip(Name, 60))}";

    /// <param name="whose">The VirtualService, as the beginning of a sentence.</param>
    /// <param name="rollout">The name of the Rollout that multiplies them.</param>
    public Finding Multiplied(Place at, string key, string whose, string rollout) =>
        new(at, key, $"{whose} has {Text}, each needs its own: Argo sorts them by name for Rollout {rollout} and makes {Count * Count} of them")
        {
            Found = Text,
            Limit = "a name of its own for each",
            Excess = Count - 1,
        };

    public static IEnumerable<RepeatedRoutes> In(Node virtualService)
    {
        var routes = virtualService["spec"u8]["http"u8];
        if (routes.Count < 2)
            return [];
        var names = new Dictionary<string, RepeatedRoutes>(StringComparer.Ordinal);
        foreach (var item in routes.Items)
        {
            var route = item;
            var name = route["name"u8].Text ?? "";
            var before = names.GetValueOrDefault(name);
            names[name] = new RepeatedRoutes(name, before.Count + 1, before.Count == 1 ? Place.Of(route, "name") : before.Second);
        }
        return names.Values.Where(r => r.Count > 1);
    }
}
