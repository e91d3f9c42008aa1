using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedServiceEntry"/> that is about endpoints.</summary>
internal static class RefusedEndpoints
{
    private const string Unix = "unix://";
    private const int LongestPortName = 62;

    public static void Check(Node spec, string resolution, Refusals to)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var port in spec["ports"u8].Items)
            names.Add(port["name"u8].Text ?? "");
        foreach (var item in to.Read.Items(spec["endpoints"u8]))
        {
            var endpoint = to.Read.Map(item);
            if (!endpoint.IsObject)
                continue;
            to.Scope = $"endpoint {Shown.Clip(endpoint["address"u8].Text ?? "", Shown.WordLength)}";
            Address(endpoint, resolution, names.Count, to);
            to.Labels(endpoint["labels"u8], "labels");
            foreach (var entry in to.Read.Map(endpoint["ports"u8]).Entries)
                Port(entry.Name, entry.Value, names, resolution, to);
        }
        to.Scope = "";
    }

    private static void Address(Node endpoint, string resolution, int ports, Refusals to)
    {
        var node = endpoint["address"u8];
        if (node.Exists && node.Text is null)
            return;
        var address = node.Text ?? "";
        var at = Place.Of(endpoint, "address");
        var isStatic = resolution == "STATIC";
        if (address.Length == 0)
        {
            if (!isStatic || endpoint["network"u8].Text is not { Length: > 0 })
                to.Add(at, "address", "the endpoint has no address, it is needed");
        }
        else if (address.StartsWith(Unix, StringComparison.Ordinal))
        {
            Socket(endpoint, address[Unix.Length..], isStatic, ports, to);
        }
        else if (!IstioNames.IsAddress(address) && (isStatic || IstioNames.WrongName(address) is not null))
        {
            var expected = isStatic ? "resolution STATIC needs addresses: write DNS for names" : "an address or a full name is expected";
            to.Add(at, "address", $"the address of the endpoint is {Refusals.Word(address)}, {expected}");
        }
    }

    private static void Socket(Node endpoint, string path, bool isStatic, int ports, Refusals to)
    {
        var at = endpoint["address"u8];
        if (!isStatic)
            to.Add(at, "address", "the endpoint is a unix socket, resolution STATIC is needed");
        else if (!path.StartsWith('@') && (!path.StartsWith('/') || path.EndsWith('/')))
            to.Add(at, "address", $"the socket {Refusals.Word(path)} is not the absolute path of a file");
        else if (path.EndsWith('/'))
            to.Add(at, "address", $"the socket {Refusals.Word(path)} ends like a folder");
        else if (ports != 1)
            to.Add(at, "address", $"the endpoint is a unix socket beside {ports} ports of the ServiceEntry, exactly one is allowed");
        if (endpoint["ports"u8].Exists)
            to.Add(endpoint["ports"u8], "ports", "the endpoint is a unix socket with ports, none are allowed");
    }

    private static void Port(string name, Node port, HashSet<string> names, string resolution, Refusals to)
    {
        if (!port.Exists)
            return;
        var shown = Refusals.Word(name);
        if (!IstioNames.IsLabel(name) || name.Length > LongestPortName)
            to.Add(port, $"port {shown}", $"the port of the endpoint is named {shown}, a DNS label of at most 62 characters is expected");
        else if (!names.Contains(name) && resolution is "STATIC" or "DNS" or "DNS_ROUND_ROBIN")
            to.Add(port, $"port {shown}", $"the endpoint has a port {shown}, which is none of the ServiceEntry's ports");
        else
            to.Port(port, shown);
    }
}
