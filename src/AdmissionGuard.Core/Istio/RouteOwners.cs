using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Rollouts;

namespace AdmissionGuard.Core.Istio;

/// <summary>The Rollouts that write weights of the VirtualService under review, and which of its routes (facts 3.6).</summary>
internal sealed class RouteOwners(Inspection x)
{
    private List<Owner>? owners;

    private readonly record struct Owner(string Rollout, IstioRouting Routing, HashSet<string> Routes, HashSet<string> Added);

    /// <summary>The Rollouts that write this route's weights; one that names no routes writes the only one.</summary>
    public IReadOnlyList<IstioRouting> Of(VirtualServiceRoute route) => Owners.Count == 0 ? [] : [.. Owners.Where(o => Writes(o, route)).Select(o => o.Routing)];

    /// <summary>The Rollout that writes this route's weights among others' routes: it must name it, since Argo takes a Rollout that names none of several for invalid.</summary>
    public string? NamerOf(VirtualServiceRoute route) => Adds(route) || route.Name is not { } name ? null : Owners.Find(o => o.Routes.Contains(name)).Rollout;

    /// <summary>Whether a Rollout lists the route in <c>managedRoutes</c>: it puts it in front for a step, and takes it away.</summary>
    public bool Adds(VirtualServiceRoute route) => Owners.Count > 0 && route.Name is { } name && Owners.Exists(o => o.Added.Contains(name));

    private List<Owner> Owners => owners ??= Find();

    private List<Owner> Find()
    {
        var found = new List<Owner>();
        var mine = new ObjectKey(ObjectKind.VirtualService, x.Subject.Namespace, x.Subject.Name);
        foreach (var (key, root) in x.World.ReferrersOf(mine, ObjectKind.Rollout))
        {
            var routing = new IstioRouting(root, key.Namespace);
            var added = new HashSet<string>(routing.ManagedRoutes, StringComparer.Ordinal);
            foreach (var (target, routes) in routing.VirtualServices)
            {
                if (target == mine) found.Add(new Owner(key.Name, routing, new HashSet<string>(routes, StringComparer.Ordinal), added));
            }
        }
        return found;
    }

    private static bool Writes(Owner owner, VirtualServiceRoute route) =>
        !route.IsHttp || owner.Routes.Count == 0 || (route.Name is { } name && owner.Routes.Contains(name));
}
