using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// What Istio's schema and webhook refuse of a ServiceEntry (istio/istio 1.32, pkg/config/validation/validation.go, ValidateServiceEntry;
/// docs/facts/istio.md#validation).
/// </summary>
internal static class RefusedServiceEntry
{
    public static IReadOnlyList<Finding> Of(KubeObject entry)
    {
        var to = new Refusals(entry);
        var spec = entry.Spec;
        if (!to.HasSpec("it is"))
            return to.Found;
        var resolution = spec["resolution"u8].Text ?? "NONE";
        to.Selector(spec["workloadSelector"u8]["labels"u8], "workloadSelector");
        if (spec["workloadSelector"u8].Exists && spec["endpoints"u8].Exists)
            to.Add(spec["endpoints"u8], "endpoints beside workloadSelector", "endpoints stands beside workloadSelector, one of them is allowed");
        Hosts(spec, resolution, to);
        Addresses(spec["addresses"u8], resolution, to);
        RefusedPorts.Check(spec, resolution, to);
        Resolution(spec, resolution, to);
        to.ExportTo(spec["exportTo"u8], mayBeNobody: true);
        CrdShapes.ServiceEntry.Check(spec, "spec", to);
        return to.Found;
    }

    private static void Hosts(Node spec, string resolution, Refusals to)
    {
        if (spec["hosts"u8] is { IsArray: true, Count: 0 } none)
            to.Add(none, "hosts", "hosts is empty, at least one host is needed");
        var needsName = resolution is "DNS" or "DNS_ROUND_ROBIN" && spec["endpoints"u8].Count == 0;
        foreach (var item in to.Read.Items(spec["hosts"u8]))
        {
            if (to.Read.Text(item) is not { } host)
                continue;
            var shown = Refusals.Word(host);
            if (host == "*")
                to.Add(item, "host *", "the host is \"*\", which would take all traffic of the mesh: name a domain, such as \"*.example.com\"");
            else if (IstioNames.WrongHost(host) is { } why)
                to.Add(item, $"host {shown}", $"{shown} is not a host, {why}");
            else if (needsName && IstioNames.WrongName(host) is not null)
                to.Add(
                    item,
                    $"host {shown} of DNS",
                    $"the host {shown} cannot be asked of DNS, resolution {resolution} without endpoints needs full names: "
                        + "list endpoints, or write NONE"
                );
            else if (resolution == "DYNAMIC_DNS" && !host.StartsWith('*'))
                to.Add(item, $"host {shown} of DYNAMIC_DNS", $"the host {shown} has no wildcard, resolution DYNAMIC_DNS needs one: write DNS");
        }
    }

    private static void Addresses(Node addresses, string resolution, Refusals to)
    {
        if (resolution == "DYNAMIC_DNS" && addresses.Count > 0)
            to.Add(addresses, "addresses of DYNAMIC_DNS", "addresses stands beside resolution DYNAMIC_DNS, which allows none: remove it");
        foreach (var item in to.Read.Items(addresses))
        {
            if (to.Read.Text(item) is not { } address)
                continue;
            if (!IstioNames.IsSubnet(address))
                to.Add(item, $"address {Refusals.Word(address)}", $"{Refusals.Word(address)} is not an address or subnet", "- 10.1.2.0/24");
            else if (address.Contains('/', StringComparison.Ordinal) && resolution is not ("NONE" or "STATIC"))
                to.Add(
                    item,
                    $"address {Refusals.Word(address)}",
                    $"the subnet {Refusals.Word(address)} stands beside resolution {resolution}, only NONE and STATIC allow subnets"
                );
        }
    }

    private static void Resolution(Node spec, string resolution, Refusals to)
    {
        var endpoints = spec["endpoints"u8];
        var labels = to.Of.Root["metadata"u8]["labels"u8];
        if (resolution == "NONE" && endpoints.Exists)
            to.Add(endpoints, "endpoints of NONE", "endpoints stands beside resolution NONE, its default, which allows none: write STATIC or DNS");
        if (resolution == "DYNAMIC_DNS" && endpoints.Count > 0)
            to.Add(endpoints, "endpoints of DYNAMIC_DNS", "endpoints stands beside resolution DYNAMIC_DNS, which allows none: remove it");
        if (resolution == "DNS_ROUND_ROBIN" && endpoints.Count > 1)
            to.Add(endpoints, "endpoints of DNS_ROUND_ROBIN", $"{endpoints.Count} endpoints, resolution DNS_ROUND_ROBIN allows one: write DNS");
        var isInternal = spec["location"u8].IsText("MESH_INTERNAL"u8);
        if (resolution == "DYNAMIC_DNS" && isInternal && labels["istio.io/use-waypoint"u8].Text is { Length: > 0 } waypoint && !IsNone(waypoint))
            to.Add(spec["location"u8], "location", "location is MESH_INTERNAL, which resolution DYNAMIC_DNS does not allow with a waypoint");
        RefusedEndpoints.Check(spec, resolution, to);
    }

    private static bool IsNone(string waypoint) => string.Equals(waypoint, "none", StringComparison.OrdinalIgnoreCase);
}
