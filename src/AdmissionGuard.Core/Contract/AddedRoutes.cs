using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Contract;

/// <summary>
/// The parts of a VirtualService that a Rollout writes and takes away again: routes of <c>managedRoutes</c>, and destinations of experiments
/// (docs/facts/argo-rollouts.md#managed-routes). Who writes the rest cannot change them, so rules about how a route is written are silent there.
/// </summary>
internal sealed class AddedRoutes
{
    /// <summary>More users of one object say nothing new.</summary>
    private const int MostRollouts = 20;

    private readonly List<Node> parts = [];

    public AddedRoutes(Subject subject, View world)
    {
        var owners = world.ReferrersOf(subject.Key, ObjectKind.Rollout).Take(MostRollouts).ToList();
        foreach (var (key, rollout) in owners)
        {
            var names = new IstioRouting(rollout, key.Namespace).ManagedRoutes.ToHashSet(StringComparer.Ordinal);
            var sides = new RolloutSides(rollout, key.Namespace);
            foreach (var route in subject.Routes)
            {
                if (route.Name is { } name && names.Contains(name))
                    parts.Add(route.Node);
                else
                    parts.AddRange(route.Node["route"u8].Items.Where(d => sides.Of(d) == Side.Experiment));
            }
        }
    }

    public bool Hold(Place place) => parts.Exists(p => place.Node.OffsetIn(p) >= 0);
}
