using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedServiceEntry"/> that is about ports.</summary>
internal static class RefusedPorts
{
    private static readonly string[] Http = ["HTTP", "HTTP2", "HTTP_PROXY", "GRPC", "GRPC-WEB"];

    private static readonly string[] Tls = ["HTTPS", "TLS"];

    private static readonly string[] Dynamic = ["HTTP", "TLS", "GRPC", "HTTP2"];

    private static readonly string[] Known = [.. Http, .. Tls, "TCP", "UDP", "MONGO", "REDIS", "MYSQL"];

    public static void Check(Node spec, string resolution, Refusals to)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<long>();
        foreach (var item in to.Read.Items(spec["ports"u8]))
        {
            var port = to.Read.Map(item);
            if (!port.IsObject)
                continue;
            Name(port["name"u8], names, to);
            if (to.Read.Integer(port["number"u8]) is { } number)
            {
                to.Port(port["number"u8], "number");
                if (!numbers.Add(number))
                    to.Add(port["number"u8], $"number {number}", $"the port {number} is there twice, each number may be there once");
            }
            to.Port(port["targetPort"u8], "targetPort");
            Protocol(spec, port, resolution, to);
        }
    }

    private static void Name(Node node, HashSet<string> names, Refusals to)
    {
        if (to.Read.Text(node) is not { } name)
            return;
        if (!IstioNames.IsLabel(name))
            to.Add(
                node,
                $"port name {Refusals.Word(name)}",
                $"the port is named {Refusals.Word(name)}, a DNS label such as http is expected",
                "name: http"
            );
        else if (!names.Add(name))
            to.Add(node, $"port name {name} twice", $"the port name {Refusals.Word(name)} is there twice, each name may be there once");
    }

    private static void Protocol(Node spec, Node port, string resolution, Refusals to)
    {
        var node = port["protocol"u8];
        var protocol = to.Read.Text(node) ?? "";
        if (node.Exists && node.Text is null)
            return;
        var at = Place.Of(port, "protocol");
        var written = protocol.Length == 0 ? "not set" : Refusals.Word(protocol);
        if (protocol.Length > 0 && !Is(Known, protocol))
        {
            to.Add(
                node,
                $"protocol {Refusals.Word(protocol)}",
                $"protocol is {written}, one of {string.Join(", ", Known)} is allowed",
                "protocol: HTTP"
            );
        }
        else if (resolution == "DYNAMIC_DNS" && !Is(Dynamic, protocol))
        {
            to.Add(
                at,
                "protocol of DYNAMIC_DNS",
                $"protocol is {written}, resolution DYNAMIC_DNS allows {string.Join(", ", Dynamic)}",
                "protocol: TLS"
            );
        }
        else if (resolution != "NONE" && spec["hosts"u8].Count > 1 && !Is(Http, protocol) && !Is(Tls, protocol))
        {
            to.Add(
                at,
                "protocol of several hosts",
                $"protocol is {written} beside {spec["hosts"u8].Count} hosts, which only HTTP and TLS can tell apart: "
                    + "write one ServiceEntry for each host"
            );
        }
    }

    private static bool Is(string[] protocols, string protocol) => protocols.Contains(protocol, StringComparer.OrdinalIgnoreCase);
}
