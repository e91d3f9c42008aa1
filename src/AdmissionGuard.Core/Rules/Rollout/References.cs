using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>What a Rollout names is there, fits, and is not taken away. See docs/facts/argo-rollouts.md#references.</summary>
internal static class References
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-references",
        Summary =
            "What a Rollout names must be there and fit: the routes and subsets that it splits traffic by, its Services, its analysis templates.",
        Why =
            "Argo has no admission webhook: a Rollout whose VirtualService, route or template is missing is stored, its status says "
            + "InvalidSpec, and nothing is shipped or aborted until somebody looks there. "
            + "Of the DestinationRule it checks nothing beforehand and stands still with an event (argo-rollouts "
            + "pkg/apis/rollouts/validation/validation_references.go; rollout/trafficrouting/istio/istio.go, UpdateHash). "
            + "What is taken away under a running canary leaves its users at whatever weight they have.",
        Remedy = "Create what is named, or name what is there. Take a route, a subset or a template away only after no Rollout names it any more.",
        Kinds =
        [
            ObjectKind.Rollout,
            ObjectKind.VirtualService,
            ObjectKind.DestinationRule,
            ObjectKind.AnalysisTemplate,
            ObjectKind.ClusterAnalysisTemplate,
        ],
        Reads =
        [
            ObjectKind.Rollout,
            ObjectKind.VirtualService,
            ObjectKind.DestinationRule,
            ObjectKind.AnalysisTemplate,
            ObjectKind.ClusterAnalysisTemplate,
            ObjectKind.Service,
            ObjectKind.ServiceEntry,
        ],
        IsAboutWhatWorks = true,
        OnDelete = true,
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.Rollout)
        {
            if (!x.IsDeletion)
                new RolloutNames(x).Check();
        }
        else if (x.Subject.Kind == ObjectKind.VirtualService)
            OfVirtualService(x);
        else if (x.Subject.Kind == ObjectKind.DestinationRule)
            RolloutSubsets.Check(x);
        else if (x.IsDeletion)
            OfTemplate(x);
    }

    private static void OfVirtualService(Inspection x)
    {
        RouteTable? table = null;
        foreach (var (key, rollout) in x.World.ReferrersOf(x.Key, ObjectKind.Rollout).Take(RolloutTies.MostRollouts))
        {
            var title = key.TitleIn(x.Key.Namespace);
            if (x.IsDeletion)
            {
                if (!Users.AreGoneOfRoutes(x))
                    x.Report(Gone(x, title, rollout));
                continue;
            }
            var routing = new IstioRouting(rollout, key.Namespace);
            var sides = new RolloutSides(rollout, key.Namespace);
            var host = RolloutTies.HostOf(x, routing);
            var managed = routing.ManagedRoutes;
            foreach (var (_, names, at) in routing.Targets.Where(t => t.Key == x.Key).Take(RolloutTies.MostTargets))
            {
                var written = (table ??= new RouteTable(x.Subject.Routes)).WrittenBy(at, names, managed);
                var likely = written.Missing.Count == 1 ? table.LikelyOne(sides, names) : null;
                foreach (var fault in RoutingFault.Of(written, sides))
                {
                    var (place, remedy) = fault.Route is { } route ? (Place.Of(route.Node, "route"), null) : fault.NamedIn(x.Spec, likely);
                    x.Report(
                        new Finding(place, $"{title} {fault.Key}", $"it has {fault.What}, and {title} needs one: {RolloutTies.Invalid}")
                        {
                            RestsOnAbsence = true,
                            Remedy = remedy,
                        }
                    );
                }
                if (RoutingFault.OtherHost(written, sides, host ?? "", x.Key.Namespace, x.Settings.ClusterDomain) is { } other)
                {
                    x.Report(
                        new Finding(
                            Place.Of(x.Spec, "http"),
                            $"{title} host",
                            $"it sends a subset of {title} to host {RolloutTies.Quote(other)}, the Rollout's DestinationRule is for {host}: "
                                + RolloutTies.Untied
                        )
                        {
                            RestsOnAbsence = true,
                        }
                    );
                }
            }
        }
    }

    /// <summary>At rest every user is on one version already, and the Rollout only waits for it to come back.</summary>
    private static Finding Gone(Inspection x, string title, Node rollout) =>
        new(x.Spec, title, $"{title} writes its weights: without it {RolloutTies.Invalid}, and every user goes to whatever pods the host has")
        {
            AtMost = new RolloutStatus(rollout["status"u8]).IsAtRest ? GuardAction.Warn : GuardAction.Deny,
        };

    private static void OfTemplate(Inspection x)
    {
        var users = x
            .World.ReferrersOf(x.Key, ObjectKind.Rollout)
            .Take(RolloutTies.MostRollouts)
            .Where(r => !Users.AreGoneOf(x, r.Key, r.Root))
            .Take(4)
            .Select(r => r.Key.TitleIn(x.Key.Namespace))
            .ToList();
        if (users.Count == 0)
            return;
        var who = users.Count > 3 ? $"{string.Join(", ", users.Take(3))} and others" : string.Join(", ", users);
        x.Report(new Finding(x.Spec, "in use", $"{who} {(users.Count == 1 ? "names" : "name")} it: without it {RolloutTies.Invalid}"));
    }
}
