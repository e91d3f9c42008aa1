using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.GatewayApi;

/// <summary>A listener of a Gateway (docs/facts/gateway-api.md#listeners).</summary>
/// <param name="Hostname">Empty: every host.</param>
internal sealed record GatewayListener(string Name, string Hostname, long Port, string Protocol, Node Allowed)
{
    /// <summary>What is assumed where nobody knows the Gateway: one listener for everything.</summary>
    public static GatewayListener Any { get; } = new("", "", 80, "HTTP", default);

    public static IReadOnlyList<GatewayListener> Of(Node gateway) =>
        [
            .. gateway["spec"u8]
                ["listeners"u8]
                .Items.Select(l => new GatewayListener(
                    l["name"u8].Text ?? "",
                    l["hostname"u8].Text ?? "",
                    new Reader().Integer(l["port"u8]) ?? 0,
                    l["protocol"u8].Text ?? "",
                    l["allowedRoutes"u8]
                )),
        ];

    private bool IsAssumed => ReferenceEquals(this, Any);

    /// <summary>Whether HTTPRoutes are for it at all.</summary>
    public bool IsHttp => Protocol is "HTTP" or "HTTPS";

    /// <summary>Whether a parent reference of a route means it.</summary>
    public bool IsMeantBy(HttpRouteParent parent) =>
        IsAssumed || (IsHttp && (parent.Section is null || parent.Section == Name) && (parent.Port is null || parent.Port == Port));

    /// <param name="gateway">The namespace of the Gateway.</param>
    /// <param name="labels">Of the route's namespace; absent where they are not known, and then a selector is taken to select it.</param>
    public bool Allows(string @namespace, string gateway, Node labels)
    {
        if (IsAssumed)
            return true;
        if (Allowed["kinds"u8].Count > 0 && !Allowed["kinds"u8].Items.Any(k => k["kind"u8].IsText("HTTPRoute"u8)))
            return false;
        var namespaces = Allowed["namespaces"u8];
        return namespaces["from"u8].Text switch
        {
            "All" => true,
            "Selector" => IsSelected(namespaces["selector"u8], labels),
            "None" => false,
            _ => @namespace == gateway,
        };
    }

    /// <summary>
    /// The name under which a proxy has a route's host here: of both the more specific one. Null where they have nothing in common, or where another
    /// listener of the port has the more specific hostname (conversion.go, hostnameAllowedByIsolation).
    /// </summary>
    /// <param name="host">Of the route; <c>*</c> where it names none.</param>
    public string? Shares(string host, IReadOnlyList<GatewayListener> all)
    {
        if (Hostname.Length > 0 && !MeshHost.Covers(Hostname, host) && !MeshHost.Covers(host, Hostname))
            return null;
        var isExact = Hostname.Length > 0 && !MeshHost.IsWildcard(Hostname);
        if (!isExact)
        {
            foreach (var other in all)
            {
                if (other.Port != Port || other.Protocol != Protocol || other.Hostname == Hostname || other.Hostname.Length < Hostname.Length)
                    continue;
                if (other.Hostname.Length > 0 && MeshHost.Covers(other.Hostname, host))
                    return null;
            }
        }
        return Hostname.Length > 0 && MeshHost.Covers(host, Hostname) ? Hostname : host;
    }

    private static bool IsSelected(Node selector, Node labels) =>
        !labels.Exists || selector["matchLabels"u8].Entries.All(l => labels[l.Name].SameAs(l.Value));
}
