using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>A server of Istio's Gateway: a port, and the hosts that VirtualServices may have there (docs/facts/istio.md#gateway-servers).</summary>
/// <param name="Hosts">Each as its namespaces (<c>*</c> for all) and a name or wildcard.</param>
internal sealed record GatewayServer(long Port, string Protocol, IReadOnlyList<(string Namespace, string Host)> Hosts)
{
    /// <summary>What is assumed where nobody knows the Gateway: one server for everything.</summary>
    public static GatewayServer Any { get; } = new(80, "HTTP", [("*", "*")]);

    /// <summary>Whether http routes count there: TLS that is passed through has none.</summary>
    public bool IsHttp => Protocol is "HTTP" or "HTTP2" or "GRPC" or "GRPC-Web" or "HTTPS";

    /// <param name="namespace">Of the Gateway.</param>
    public static IReadOnlyList<GatewayServer> Of(Node gateway, string @namespace)
    {
        var servers = new List<GatewayServer>();
        foreach (var item in gateway["spec"u8]["servers"u8].Items)
        {
            var server = item;
            var protocol = (server["port"u8]["protocol"u8].Text ?? "").ToUpperInvariant();
            var number = new Reader().Integer(server["port"u8]["number"u8]) ?? 0;
            servers.Add(new GatewayServer(number, protocol, [.. server["hosts"u8].Items.Select(h => Host(h.Text ?? "", @namespace))]));
        }
        return servers;
    }

    /// <summary>The names under which this server has a VirtualService's host: of both the more specific one.</summary>
    /// <param name="host">As the VirtualService has it, qualified.</param>
    /// <param name="namespace">Of the VirtualService.</param>
    public IEnumerable<string> NamesOf(string host, string @namespace)
    {
        foreach (var (place, own) in Hosts)
        {
            if (place != "*" && place != @namespace)
                continue;
            if (Terms.MeshHost.Covers(own, host))
                yield return host;
            else if (Terms.MeshHost.Covers(host, own))
                yield return own;
        }
    }

    private static (string, string) Host(string text, string @namespace)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return ("*", text);
        return (text[..slash] == "." ? @namespace : text[..slash], text[(slash + 1)..]);
    }
}
