using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// The Rollouts that write weights of an object, and which of its routes (docs/facts/argo-rollouts.md#istio-routing).
/// </summary>
internal sealed class RouteOwners(Inspection x, ObjectKey of)
{
    private List<Owner>? owners;

    /// <summary>Of the object under review.</summary>
    public RouteOwners(Inspection x)
        : this(x, x.Key) { }

    private readonly record struct Owner(string Rollout, RolloutSides Sides, HashSet<string> Routes, HashSet<string> Added);

    /// <summary>
    /// The sides of the Rollouts that write this route's weights; one that names no routes writes the only one. Of an HTTPRoute it writes each rule
    /// that has both its Services.
    /// </summary>
    public IReadOnlyList<RolloutSides> SidesOf(SplitRoute route) =>
        Owners.Count == 0 ? [] : [.. Owners.Where(o => Writes(o, route)).Select(o => o.Sides)];

    /// <summary>Whether the sides of this route of a VirtualService change places with every release.</summary>
    public bool IsPingPong(SplitRoute route) =>
        x.Key.Kind == ObjectKind.VirtualService && Owners.Exists(o => o.Sides.ArePingPong && Writes(o, route));

    /// <summary>
    /// The Rollout that writes this route's weights among others' routes: it must name it, since Argo takes a Rollout that names none of several for
    /// invalid.
    /// </summary>
    public string? NamerOf(VirtualServiceRoute route) =>
        Adds(route) || route.Name is not { } name ? null : Owners.Find(o => o.Routes.Contains(name)).Rollout;

    /// <summary>Whether a Rollout lists the route in <c>managedRoutes</c>: it puts it in front for a step, and takes it away.</summary>
    public bool Adds(VirtualServiceRoute route) => Owners.Count > 0 && route.Name is { } name && Owners.Exists(o => o.Added.Contains(name));

    /// <summary>Whether it may take all of its users from others: somebody exempts it by name, or a Rollout takes it away again.</summary>
    public bool MayTakeAll(VirtualServiceRoute route, IReadOnlyList<string> exempt) => route.IsNamedBy(exempt) || Adds(route);

    private List<Owner> Owners => owners ??= Find();

    private List<Owner> Find()
    {
        var found = new List<Owner>();
        foreach (var (key, root) in x.World.ReferrersOf(of, ObjectKind.Rollout))
        {
            var sides = new RolloutSides(root, key.Namespace);
            if (of.Kind != ObjectKind.VirtualService)
            {
                found.Add(new Owner(key.Name, sides, [], []));
                continue;
            }
            var routing = new IstioRouting(root, key.Namespace);
            var added = new HashSet<string>(routing.ManagedRoutes, StringComparer.Ordinal);
            foreach (var (target, routes) in routing.VirtualServices)
            {
                if (target == of)
                    found.Add(new Owner(key.Name, sides, new HashSet<string>(routes, StringComparer.Ordinal), added));
            }
        }
        return found;
    }

    private static bool Writes(Owner owner, SplitRoute route) =>
        route is not VirtualServiceRoute { IsHttp: true } || owner.Routes.Count == 0 || (route.Name is { } name && owner.Routes.Contains(name));
}
