using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// What Istio's schema and webhook refuse of a VirtualService (istio/istio 1.32, pkg/config/validation/validation.go, ValidateVirtualService;
/// docs/facts/istio.md#validation).
/// </summary>
internal static class RefusedVirtualService
{
    public static IReadOnlyList<Finding> Of(KubeObject service, IReadOnlyList<VirtualServiceRoute> routes)
    {
        var to = new Refusals(service);
        var spec = service.Spec;
        if (!to.HasSpec("hosts and routes are"))
            return to.Found;
        var isDelegate = spec["hosts"u8].Count == 0;
        var atGateway = spec["gateways"u8].Count > 0 && !NamesMesh(spec["gateways"u8]);
        if (isDelegate)
            Delegate(spec, to);
        GatewayNames(spec["gateways"u8], to, service);
        Hosts(spec, atGateway, to);
        if (routes.Count == 0)
            to.Add(Place.Of(spec, "http"), "http", "there is no route, at least one of http, tcp or tls is needed");
        foreach (var route in routes)
        {
            if (!route.Node.IsObject)
                continue;
            to.Scope = route.Key;
            if (route.IsHttp)
                RefusedHttpRoute.Check(route.Node, isDelegate, atGateway, to);
            else
                RefusedStream.Check(route, spec, to);
        }
        to.Scope = "";
        to.ExportTo(spec["exportTo"u8]);
        CrdShapes.VirtualService.Check(spec, "spec", to);
        return to.Found;
    }

    private static void Delegate(Node spec, Refusals to)
    {
        foreach (var key in (string[])["gateways", "tls", "tcp"])
        {
            if (spec[key].Count > 0)
                to.Add(spec[key], $"{key} of a delegate", $"{key} stands in a VirtualService without hosts, a delegate has only http routes");
        }
    }

    public static bool NamesMesh(Node gateways)
    {
        foreach (var item in gateways.Items)
        {
            if (item.IsText("mesh"u8))
                return true;
        }
        return false;
    }

    /// <summary>Namespace and name of gateways, or a host as old versions wrote them; Istio looks at none after one of those.</summary>
    public static void GatewayNames(Node gateways, Refusals to, KubeObject? routing = null)
    {
        foreach (var item in to.Read.Items(gateways))
        {
            if (to.Read.Text(item) is not { } name)
                continue;
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
            {
                if (IstioNames.WrongName(name) is { } why)
                    to.Add(
                        item,
                        $"gateway {Refusals.Word(name)}",
                        $"the gateway {Refusals.Word(name)} cannot be one, {why}",
                        "- istio-system/my-gateway"
                    );
                return;
            }
            var wrong =
                !IstioNames.IsLabel(name.AsSpan(0, slash)) || (!IstioNames.IsLabel(name.AsSpan(slash + 1)) && !RefusedHttpRoute.IsInternal(routing));
            if (wrong)
                to.Add(
                    item,
                    $"gateway {Refusals.Word(name)}",
                    $"the gateway is {Refusals.Word(name)}, a namespace and a name are expected",
                    "- istio-system/my-gateway"
                );
        }
    }

    private static void Hosts(Node spec, bool atGateway, Refusals to)
    {
        var sni = RefusedStream.HasSniHosts(spec);
        var hosts = new List<(Node Node, string Text)>();
        var areValid = true;
        foreach (var item in to.Read.Items(spec["hosts"u8]))
        {
            if (to.Read.Text(item) is not { } host)
                continue;
            var wrong = atGateway ? IstioNames.WrongGatewayHost(host, sni) : IstioNames.WrongHost(host);
            if (wrong is not null && !IstioNames.IsAddress(host))
            {
                to.Add(item, $"host {Refusals.Word(host)}", $"{Refusals.Word(host)} is not a host, {wrong}");
                areValid = false;
            }
            else if (!atGateway && host == "*")
            {
                to.Add(
                    item,
                    "host *",
                    "the host \"*\" applies to the mesh, which is only allowed at gateways: name the hosts, or gateways without \"mesh\""
                );
                areValid = false;
            }
            hosts.Add((item, host));
        }
        var earlier = new OverlappingHosts();
        foreach (var (node, host) in areValid ? hosts : [])
        {
            if (earlier.Add(host) is { } other)
            {
                var shown = Refusals.Word(host);
                to.Add(
                    node,
                    $"host {shown} twice",
                    $"the host {shown} is covered by {Refusals.Word(other)} of the same list, each may be there once"
                );
            }
        }
    }
}
