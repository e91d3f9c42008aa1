using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedVirtualService"/> that is about a tls or tcp route.</summary>
internal static class RefusedStream
{
    public static bool HasSniHosts(Node spec)
    {
        foreach (var route in spec["tls"u8].Items)
        {
            foreach (var match in route["match"u8].Items)
            {
                if (match["sniHosts"u8].Count > 0)
                    return true;
            }
        }
        return false;
    }

    public static void Check(VirtualServiceRoute route, Node spec, Refusals to)
    {
        var isTls = route.Protocol == "tls";
        var node = route.Node;
        if (isTls && node["match"u8].Count == 0)
            to.Add(
                Place.Of(node, "match"),
                "match",
                "the tls route has no match, one with sniHosts is needed",
                "match:\n  - sniHosts: [api.example]"
            );
        foreach (var item in to.Read.Items(node["match"u8]))
        {
            var match = to.Read.Map(item);
            if (isTls)
                SniHosts(match, spec, to);
            foreach (var subnet in to.Read.Items(match["destinationSubnets"u8]))
            {
                if (to.Read.Text(subnet) is { } text && !IstioNames.IsSubnet(text))
                    to.Add(subnet, $"subnet {Refusals.Word(text)}", $"{Refusals.Word(text)} is not an address or subnet", "- 10.0.0.0/8");
            }
            to.Port(match["port"u8], "port", zeroIsUnset: true);
            to.Labels(match["sourceLabels"u8], "sourceLabels");
            RefusedVirtualService.GatewayNames(match["gateways"u8], to);
        }
        if (node["route"u8].Count == 0)
            to.Add(Place.Of(node, "route"), "route", $"the {route.Protocol} route has no destination, at least one is needed");
        RefusedDestinations.Check(node["route"u8], to);
    }

    private static void SniHosts(Node match, Node spec, Refusals to)
    {
        var hosts = match["sniHosts"u8];
        if (hosts.Count == 0)
            to.Add(Place.Of(match, "sniHosts"), "sniHosts", "the tls match has no sniHosts, at least one is needed", "sniHosts: [api.example]");
        foreach (var item in to.Read.Items(hosts))
        {
            if (to.Read.Text(item) is not { } host)
                continue;
            var shown = Refusals.Word(host);
            var why = RefusedVirtualService.NamesMesh(spec["gateways"u8]) ? IstioNames.WrongHost(host) : IstioNames.WrongGatewayHost(host, sni: true);
            if (why is not null && !IstioNames.IsAddress(host))
                to.Add(item, $"sniHosts {shown}", $"{shown} is not an SNI host, {why}");
            else if (why is null && !IsCovered(host, spec))
                to.Add(item, $"sniHosts {shown}", $"the SNI host {shown} is not covered by the hosts of the VirtualService, add it to hosts");
        }
    }

    private static bool IsCovered(string sni, Node spec)
    {
        foreach (var item in spec["hosts"u8].Items)
        {
            if (item.Text is { } host && IstioNames.Covers(host, sni))
                return true;
        }
        return false;
    }
}
