using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>A route that a step sets and <c>managedRoutes</c> does not list (docs/facts/argo-rollouts.md#managed-routes).</summary>
internal static class UnlistedRoute
{
    /// <summary>The names in <c>managedRoutes</c>.</summary>
    public static HashSet<string> Listed(Node canary, Reader read)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in read.Items(canary["trafficRouting"u8]["managedRoutes"u8]))
        {
            if (route["name"u8].Text is { } name)
                names.Add(name);
        }
        return names;
    }

    /// <param name="kind">The step's field.</param>
    /// <param name="step">Its value; may be absent.</param>
    public static Finding? Of(Node canary, HashSet<string> listed, string kind, Node step, Reader read)
    {
        var routing = canary["trafficRouting"u8];
        var managed = routing["managedRoutes"u8];
        if (!read.Map(step).IsObject || (managed.Exists && !managed.IsArray))
            return null;
        if (!step["name"u8].Exists)
        {
            return new Finding(
                Place.Of(step, "name"),
                $"{kind} without a name",
                $"{kind} names no route: Argo calls the Rollout invalid and ships nothing"
            )
            {
                Excess = 1,
                Remedy = "name: beta-users",
            };
        }
        if (read.Text(step["name"u8]) is not { } name)
            return null;
        if (listed.Contains(name))
            return null;
        var quoted = Shown.Quote(Shown.Clip(name, 60));
        var place = routing.Exists ? Place.Of(routing, "managedRoutes") : new Place(canary, "trafficRouting/managedRoutes");
        return new Finding(
            place,
            $"{kind} {name}",
            $"{kind} adds the route {quoted}, which is not in managedRoutes: Argo calls the Rollout invalid and ships nothing"
        )
        {
            Found = quoted,
            Limit = "a name in managedRoutes",
            Excess = 1,
            Remedy = managed.Count > 0 ? $"- name: {quoted}" : $"managedRoutes:\n  - name: {quoted}",
        };
    }
}
