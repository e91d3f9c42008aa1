using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>
/// The host and the subset to which a route sends users must exist, and go on existing. See docs/facts/istio.md#make-before-break and
/// docs/facts/istio.md#destination-port.
/// </summary>
internal static class Destinations
{
    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-destinations",
        Summary = "A VirtualService must send users only to hosts and subsets that exist.",
        Why =
            "Istio accepts a route to a subset that no DestinationRule has, and the removal of one that routes need. Envoy then has no "
            + "cluster for it and answers 503 with the flag NC "
            + "to every user whom the route sends there (Istio, Traffic Management Best Practices, make before break). "
            + "A gateway's request keeps the number of the gateway's port where the route names none and the Service has several (Istio, IST0112).",
        Remedy = "Add the subset to a DestinationRule for the host before the route, and take it out of every route before it goes.",
        Kinds = [ObjectKind.VirtualService, ObjectKind.DestinationRule],
        Reads =
        [
            ObjectKind.VirtualService,
            ObjectKind.DestinationRule,
            ObjectKind.Service,
            ObjectKind.ServiceEntry,
            ObjectKind.IstioGateway,
            ObjectKind.Rollout,
        ],
        LeavesAddedRoutes = true,
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        OnDelete = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.DestinationRule)
            OfDestinationRule(x);
        else if (!x.IsDeletion)
            OfVirtualService(x);
    }

    private static void OfVirtualService(Inspection x)
    {
        var attachment = x.Subject.Attachment;
        var faults = new DestinationFaults(x, attachment);
        var unsaid = new HashSet<string>(StringComparer.Ordinal);
        HashSet<VirtualServiceRoute>? kept = null;
        foreach (var route in x.Subject.Routes)
        {
            var isDead = true;
            var isSure = route.Shares.IsKnown;
            List<BrokenDestination>? broken = null;
            var targets = route.Targets(x.Subject);
            for (var i = 0; i < targets.Count; i++)
            {
                var (share, destination) = (route.Shares.Span[i], targets[i]);
                var fault = faults.Of(destination);
                if (fault is not null)
                    (broken ??= []).Add(new BrokenDestination(share, destination, fault));
                else if (attachment.Gateways.Count > 0 && destination.Port is null && unsaid.Add(destination.Host))
                    NoPort(x, share, destination);
                if (fault is null && CallerPorts.Lost(x, route, share, destination) is { } lost)
                    x.Report(lost);
                isDead = isDead && (fault is { IsMissing: true } || share.Percent <= 0);
                isSure = isSure && (fault is { IsSure: true } || share.Percent <= 0);
            }
            if (broken is not null)
                Report(x, route, broken, isDead, mayDeny: isDead && isSure && IsKept(route));
            foreach (var mirrored in BrokenDestination.InMirrors(route, x.Subject, faults))
                x.Report(mirrored);
        }

        // A new route may be there before what it sends users to; one that served users until now may not lose them all.
        bool IsKept(VirtualServiceRoute route) =>
            x.Old is null
            || (kept ??= [.. RoutePairs.Of(x.Old.Routes, x.Subject.Routes).Select(p => p.New).OfType<VirtualServiceRoute>()]).Contains(route);
    }

    private static void Report(Inspection x, VirtualServiceRoute route, List<BrokenDestination> broken, bool isDead, bool mayDeny)
    {
        if (isDead && broken.Exists(b => b.Share.Percent > 0))
            x.Report(BrokenDestination.ServesNobody(route, [.. broken.Where(b => b.Share.Percent > 0)], mayDeny));
        foreach (var one in broken.Where(b => !isDead || b.Share.Percent == 0))
            x.Report(one.InPart(route));
    }

    private static void NoPort(Inspection x, Share share, Destination destination)
    {
        if (
            HostRegistry.Look(x.World, destination.Host, out var definition) != Presence.Here
            || HostRegistry.PortsOf(definition) is not { Count: > 1 } ports
            || x.Subject.Attachment.Gateways.All(g => ServerHosts.ServersOf(x.World, g).All(s => s != GatewayServer.Any && ports.Contains(s.Port)))
        )
            return;
        var host = share.Destination["destination"u8]["host"u8];
        x.Report(
            new Finding(
                host,
                $"port of {destination.Host}",
                $"{Shown.Value(host)} has the ports {string.Join(", ", ports.Take(5))} and the route names none: a gateway's request goes to "
                    + "the number of the gateway's own port"
            )
            {
                Limit = "one of its ports",
                Remedy = $"host: {Shown.Value(host)}\nport: {{number: {ports[0]}}}",
                AtMost = GuardAction.Warn,
            }
        );
    }

    private static void OfDestinationRule(Inspection x)
    {
        if (x.IsDeletion && Users.AreGone(x, MeshHost.Qualify(x.Spec["host"u8].Text ?? "", x.Key.Namespace, x.Settings.ClusterDomain)))
            return;
        var heading = x.Spec["subsets"u8].Count > 0 ? "" : "subsets:\n";
        foreach (var lost in LostSubset.Of(x))
        {
            var (name, user) = (Shown.Clip(lost.Name, 63), lost.User.TitleIn(x.Subject.Namespace));
            var goes = x.IsDeletion || x.Old is not null ? $"subset {name} goes" : $"hides subset {name} of another DestinationRule";
            var who = lost.Client is null || lost.Client == lost.User.Namespace ? "they" : $"callers in namespace {Shown.Clip(lost.Client, 63)}";
            var needs =
                lost.Share > 0
                    ? $"{user} sends {Shown.Percent(lost.Share)} of a route's users there: {who} get 503"
                    : $"{user} still names it with weight 0: the first users sent there get 503";
            x.Report(
                new Finding(
                    x.IsDeletion ? lost.Subset : Place.Of(x.Spec, "subsets"),
                    $"{lost.Name} {lost.User.Namespace}/{lost.User.Name}",
                    $"{goes}, {needs}"
                )
                {
                    Limit = "a subset that no route names",
                    Excess = lost.Share,
                    Remedy = x.IsDeletion ? null : heading + Yaml.Item(lost.Subset),
                    AtMost = lost.Share > 0 ? GuardAction.Deny : GuardAction.Warn,
                }
            );
        }
    }
}
