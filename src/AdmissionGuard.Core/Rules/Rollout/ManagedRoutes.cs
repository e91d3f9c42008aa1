using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>
/// The routes that Argo adds and removes are its own, and it can tell the others apart. See docs/facts/argo-rollouts.md#managed-routes.
/// </summary>
internal static class ManagedRoutes
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-managed-routes",
        Summary = "Routes that a Rollout adds must be listed in managedRoutes, and the VirtualService's own routes must have names of their own.",
        Why =
            "A header or mirror step whose route is not in managedRoutes makes the Rollout invalid: it is stored, ships nothing, and only its "
            + "status says so. A listed route that the "
            + "VirtualService has of its own is deleted when the rollout ends. While managedRoutes is set Argo sorts the routes by name at "
            + "every change of the weight, "
            + "and n routes of one name or without a name come out n times n (argo-rollouts rollout/trafficrouting/istio/istio.go, "
            + "RemoveManagedRoutes and orderRoutes).",
        Remedy =
            "List each step's route in trafficRouting.managedRoutes, under a name that no route of the VirtualService has; give every route "
            + "of the VirtualService a name.",
        Kinds = [ObjectKind.Rollout, ObjectKind.VirtualService],
        Reads = [ObjectKind.Rollout, ObjectKind.VirtualService],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        IsAboutWhatWorks = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.VirtualService)
        {
            OfVirtualService(x);
            return;
        }
        var canary = x.Spec["strategy"u8]["canary"u8];
        HashSet<string>? told = null;
        HashSet<string>? listed = null;
        foreach (var item in canary["steps"u8].Items)
        {
            var step = item;
            if (!step["setHeaderRoute"u8].Exists && !step["setMirrorRoute"u8].Exists)
                continue;
            listed ??= UnlistedRoute.Listed(canary, x.Read);
            if (UnlistedRoute.Of(canary, listed, "setHeaderRoute", step["setHeaderRoute"u8], x.Read) is { } header)
                Tell(header);
            if (UnlistedRoute.Of(canary, listed, "setMirrorRoute", step["setMirrorRoute"u8], x.Read) is { } mirror)
                Tell(mirror);
        }
        var managed = canary["trafficRouting"u8]["managedRoutes"u8];
        // While a rollout is on its way, or being taken back, the routes of these names are Argo's own work.
        if (managed.Count > 0 && !new RolloutStatus((x.Old ?? x.Subject).Root["status"u8]).InTrouble)
            AgainstVirtualServices(x, managed);

        // A route that one step sets and a later one takes away is one fault.
        void Tell(Finding finding)
        {
            if ((told ??= new(StringComparer.Ordinal)).Add(finding.Key))
                x.Report(finding);
        }
    }

    private static void AgainstVirtualServices(Inspection x, Node managed)
    {
        var byName = managed.Items.Select(m => m["name"u8]).Where(n => n.Text is not null).ToLookup(n => n.Text!, StringComparer.Ordinal);
        foreach (var (key, _) in new IstioRouting(x.Subject.Root, x.Subject.Namespace).VirtualServices)
        {
            var virtualService = x.World.Find(key);
            foreach (var route in virtualService["spec"u8]["http"u8].Items)
            {
                if (route["name"u8].Text is { Length: > 0 } name)
                    Taken(x, byName[name], name, key);
            }
            foreach (var repeated in RepeatedRoutes.In(virtualService))
            {
                x.Report(repeated.Multiplied(managed, $"{key.Namespace}/{key.Name} {repeated.Key}", $"VirtualService {key.Name}", x.Subject.Name));
            }
        }
    }

    private static void Taken(Inspection x, IEnumerable<Node> managed, string name, ObjectKey service)
    {
        foreach (var own in managed)
        {
            var quoted = Shown.Quote(Shown.Clip(name, 60));
            x.Report(
                new Finding(
                    own,
                    $"{service.Namespace}/{service.Name} {name}",
                    $"VirtualService {service.Name} has a route {quoted} of its own: Argo deletes it when the rollout ends"
                )
                {
                    Found = quoted,
                    Limit = "a name that no route of the VirtualService has",
                    Excess = 1,
                    Remedy = $"name: {Shown.Quote(Shown.Clip(name, 50) + "-managed")}   # and in its steps",
                }
            );
        }
    }

    private static void OfVirtualService(Inspection x)
    {
        foreach (var (key, rollout) in x.World.ReferrersOf(new ObjectKey(x.Subject.Kind, x.Subject.Namespace, x.Subject.Name), ObjectKind.Rollout))
        {
            if (rollout["spec"u8]["strategy"u8]["canary"u8]["trafficRouting"u8]["managedRoutes"u8].Count == 0)
                continue;
            new RouteTakeover(x, key, rollout).Check();
            foreach (var repeated in RepeatedRoutes.In(x.Subject.Root))
            {
                x.Report(
                    repeated.Multiplied(repeated.Second, repeated.Key, "the VirtualService", key.Name) with
                    {
                        Remedy = $"name: {Shown.Clip(x.Subject.Name, 40)}-2",
                    }
                );
            }
            return;
        }
    }
}
