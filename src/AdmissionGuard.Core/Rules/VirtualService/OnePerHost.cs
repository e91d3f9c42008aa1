using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>
/// A host has one VirtualService for the proxies of the mesh, and one catch-all at a gateway. See docs/facts/istio.md#one-virtual-service-per-host.
/// </summary>
internal static class OnePerHost
{
    /// <summary>Others of a host that are looked at: a public host may be spread over thousands at its gateway.</summary>
    private const int MostOthers = 50;

    private const int Shows = 3;

    private const string AtHome = "this one counts only for other namespaces, the other comes first for callers in namespace";

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-one-per-host",
        Summary = "A host must have one VirtualService for the proxies of the mesh, and at a gateway one catch-all route.",
        Why =
            "Proxies of the mesh take the oldest VirtualService of a host and ignore all others, without a word (Istio, IST0109): a second "
            + "one does nothing until the first is deleted, and then "
            + "takes over all users at once. Gateways merge those of a host in an order that nobody can rely on, so of two catch-all routes "
            + "either may win.",
        Remedy =
            "Write the routes into the VirtualService that the host has, or hand on from there to a delegate. To move a host, take it out of "
            + "the old one first.",
        Kinds = [ObjectKind.VirtualService],
        Reads = RouteChange.Kinds,
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var mine = x.Subject.Attachment;
        foreach (var item in x.Read.Items(x.Spec["hosts"u8]))
        {
            if (item.Text is not { Length: > 0 } written)
                continue;
            var host = RouteAttachment.HostOf(written, x.Subject);
            var others = Others(x, host);
            if (mine.IncludesMesh && HasHttp(x.Subject.Routes))
                InMesh(x, item, host, others);
            if (HasCatchAll(x.Subject.Routes))
                AtGateway(x, item, others.Where(o => new Attachment(o.Root["spec"u8], o.Key.Namespace).Gateways.Overlaps(mine.Gateways)));
        }
    }

    private static List<(ObjectKey Key, Node Root)> Others(Inspection x, string host) =>
        [
            .. x
                .World.Claiming(host, ObjectKind.VirtualService)
                .Where(o => o.Key != x.Key && x.Subject.Attachment.Audience.Competes(new Attachment(o.Root["spec"u8], o.Key.Namespace).Audience))
                .Take(MostOthers),
        ];

    /// <summary>Either this one does nothing for the host, or it takes the host from others.</summary>
    private static void InMesh(Inspection x, Node item, string host, List<(ObjectKey Key, Node Root)> others)
    {
        var tables = HostOwners.Of(x, host);
        if (tables.Owner is { } owner)
        {
            x.Report(DoesNothing(x, item, owner));
            return;
        }
        if (tables.AtHome is { } home)
            x.Report(Taken(x, item, home.Key, $"{AtHome} {Shown.Clip(x.Subject.Namespace, 63)}") with { AtMost = GuardAction.Warn });
        var shown = 0;
        foreach (var (key, root) in others)
        {
            var other = new Attachment(root["spec"u8], key.Namespace);
            if (!other.IncludesMesh || tables.Owners.Contains(key) || !HasHttp(VirtualServiceRoute.Of(root["spec"u8], new Reader())))
                continue;
            x.Report(TakesFrom(x, item, key, root));
            if (++shown == Shows)
                return;
        }
    }

    private static void AtGateway(Inspection x, Node item, IEnumerable<(ObjectKey Key, Node Root)> others)
    {
        foreach (var (key, _) in others.Where(o => HasCatchAll(VirtualServiceRoute.Of(o.Root["spec"u8], new Reader()))).Take(Shows))
            x.Report(AtGateway(x, item, key));
    }

    private static bool HasHttp(IReadOnlyList<VirtualServiceRoute> routes) => routes.Any(r => r.IsHttp);

    private static bool HasCatchAll(IReadOnlyList<VirtualServiceRoute> routes) => routes.Any(r => r.IsHttp && r.IsCatchAll);

    private static Finding DoesNothing(Inspection x, Node host, KubeObject owner)
    {
        var isKnown = CreationOrder.IsKnown(x.Subject.Root, owner.Root);
        var isOlder = isKnown && !IsOlder(x, owner.Key, owner.Root);
        string effect;
        if (owner.Kind == ObjectKind.VirtualService && !isKnown)
            effect = "the older of the two counts, the other does nothing";
        else
            effect = $"the other {Precedence(isOlder)}, so this one does nothing";
        return Taken(x, host, owner.Key, effect);
    }

    private static Finding TakesFrom(Inspection x, Node host, ObjectKey key, Node other) =>
        Taken(
            x,
            host,
            key,
            CreationOrder.IsKnown(x.Subject.Root, other)
                ? $"this one {Precedence(IsOlder(x, key, other))}, so the other does nothing any more"
                : "the older of the two counts, the other does nothing"
        );

    private static string Precedence(bool isOlder) => isOlder ? "is older" : "comes first";

    private static bool IsOlder(Inspection x, ObjectKey key, Node other) =>
        CreationOrder.OldestFirst.Compare((x.Key, x.Subject.Root), (key, other)) < 0;

    /// <summary>At waypoints of ambient mode what counts is not modelled.</summary>
    private static Finding Taken(Inspection x, Node host, ObjectKey key, string effect) =>
        new(
            host,
            $"{Shown.Value(host)} {key.Namespace}/{key.Name}",
            $"host {Shown.Value(host)} is routed by {key.TitleIn(x.Subject.Namespace)} too, only one may route it in the mesh: {effect}"
        )
        {
            Limit = "one VirtualService for a host in the mesh",
            AtMost = x.World.NamespaceOf(x.Subject.Namespace)["metadata"u8]["labels"u8]["istio.io/use-waypoint"u8].Exists
                ? GuardAction.Warn
                : GuardAction.Deny,
        };

    private static Finding AtGateway(Inspection x, Node host, ObjectKey key) =>
        new(
            host,
            $"{Shown.Value(host)} {key.Namespace}/{key.Name} gateway",
            $"host {Shown.Value(host)} is routed by {key.TitleIn(x.Subject.Namespace)} too at the same gateway, and both have a catch-all "
                + $"route: either may win"
        )
        {
            Limit = "one catch-all route for a host at a gateway",
            AtMost = GuardAction.Warn,
        };
}
