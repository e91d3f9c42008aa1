using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
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
        Reads = [ObjectKind.VirtualService],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var mine = x.Subject.Attachment;
        bool? catchAll = null;
        foreach (var item in x.Read.Items(x.Spec["hosts"u8]))
        {
            if (item.Text is not { Length: > 0 } written)
                continue;
            var shown = 0;
            foreach (
                var (key, root) in x
                    .World.Claiming(MeshHost.OfRequests(written, x.Subject.Namespace, x.Settings.ClusterDomain), ObjectKind.VirtualService)
                    .Take(MostOthers)
            )
            {
                if (key == x.Key)
                    continue;
                var other = new Attachment(root["spec"u8], key.Namespace);
                if (!mine.Audience.Competes(other.Audience))
                    continue;
                Finding? finding;
                if (mine.IncludesMesh && other.IncludesMesh)
                    finding = InMesh(x, item, key, root);
                else if (
                    mine.Gateways.Overlaps(other.Gateways)
                    && (catchAll ??= HasCatchAll(x.Subject.Routes))
                    && HasCatchAll(VirtualServiceRoute.Of(root["spec"u8], new Reader()))
                )
                    finding = AtGateway(x, item, key);
                else
                    finding = null;
                if (finding is null)
                    continue;
                x.Report(finding);
                if (++shown == Shows)
                    break;
            }
        }
    }

    private static bool HasCatchAll(IReadOnlyList<VirtualServiceRoute> routes) => routes.Any(r => r.IsHttp && r.IsCatchAll);

    private static Finding InMesh(Inspection x, Node host, ObjectKey key, Node other)
    {
        var isOlder = CreationOrder.OldestFirst.Compare((x.Key, x.Subject.Root), (key, other)) < 0;
        string effect;
        if (!CreationOrder.IsKnown(x.Subject.Root, other))
            effect = "the older of the two counts, the other does nothing";
        else if (isOlder)
            effect = "this one is older, so the other does nothing any more";
        else
            effect = "the other is older, so this one does nothing";
        return new Finding(
            host,
            $"{Shown.Value(host)} {key.Namespace}/{key.Name}",
            $"host {Shown.Value(host)} is routed by {key.TitleIn(x.Subject.Namespace)} too, only one may route it in the mesh: {effect}"
        )
        {
            Limit = "one VirtualService for a host in the mesh",
        };
    }

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
