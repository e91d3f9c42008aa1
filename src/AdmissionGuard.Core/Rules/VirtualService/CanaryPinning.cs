using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>No group of users depends on a canary that comes and goes. See docs/facts/argo-rollouts.md#foreign-destinations.</summary>
internal static class CanaryPinning
{
    private static readonly NamesParameter ExemptRoutes = new("exemptRoutes", "names of routes to a canary that always runs; * allowed");

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-canary-pinning",
        Summary = "A route for chosen users should not send all of them to a canary for ever.",
        Why =
            "Between two releases the canary may have no pods, and the users of such a route get 503 (no healthy upstream) while all others "
            + "are served; during a release no step and no abort "
            + "takes them back, since the controller writes the weights of other routes. Argo Rollouts puts such a route in place for as long "
            + "as it is safe (setHeaderRoute, managedRoutes).",
        Remedy = "Let the Rollout set the route for the time of a release; where the canary always runs, name the route in exemptRoutes.",
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.Rollout],
        LeavesAddedRoutes = true,
        Parameters = [ExemptRoutes],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var rollouts = new RouteOwners(x);
        foreach (var route in x.Subject.Routes)
        {
            if (!route.Forwards || !route.Shares.IsKnown || ChosenBy(route) is not { } header)
                continue;
            if (route.Shares.Destinations.FirstOrDefault(s => s.Percent >= 100).Destination is not { Exists: true } item)
                continue;
            var destination = Destination.OfIstio(item, x.Subject);
            if (
                !VersionOrder.IsOnTrial(destination.Subset ?? MeshHost.Split(destination.Host).First, x.Settings)
                || rollouts.MayTakeAll(route, x.Get(ExemptRoutes))
            )
                continue;
            x.Report(Pinned(x, route, header, destination, item));
        }
    }

    /// <summary>The header on which every entry depends, cookies among them; null where some requests come without one.</summary>
    private static (string Name, Node Value)? ChosenBy(VirtualServiceRoute route)
    {
        (string Name, Node Value)? first = null;
        foreach (var item in route.Match.Items)
        {
            var headers = item["headers"u8].Entries.GetEnumerator();
            if (!headers.MoveNext())
                return null;
            first ??= (headers.Current.Name, headers.Current.Value);
        }
        return first;
    }

    private static Finding Pinned(Inspection x, VirtualServiceRoute route, (string Name, Node Value) header, Destination destination, Node item)
    {
        var name = Shown.Quote(Shown.Clip(route.Name ?? "chosen-users", 60));
        return new Finding(
            item,
            $"{route.Key} {destination}",
            $"100 % of the users with header {Shown.Clip(header.Name, 40)} go to {destination.Title(x.Subject)}, and no other destination "
                + $"takes them: they get 503 whenever it has no pods, and no abort takes them back"
        )
        {
            Remedy =
                $"# in the Rollout, instead of this route: trafficRouting.managedRoutes: [{{name: {name}}}], and as a step:\n"
                + $"- setHeaderRoute:\n    name: {name}\n    match: [{{headerName: {Shown.Quote(Shown.Clip(header.Name, 60))}, headerValue: "
                + $"{Condition(header.Value)}}}]",
        };
    }

    /// <summary>As the route has it: JSON is YAML too.</summary>
    private static string Condition(Node value) =>
        value.IsObject && value.Raw.Length is > 2 and < 200 ? Shown.Clean(value.ToString()) : "{regex: \".*\"}";
}
