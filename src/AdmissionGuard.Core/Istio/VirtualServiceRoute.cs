using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Istio;

/// <summary>A route of a VirtualService, of whichever protocol.</summary>
internal sealed class VirtualServiceRoute
{
    private VirtualServiceRoute(Node node, string protocol, int index, Shares shares) => (Node, Protocol, Index, Shares) = (node, protocol, index, shares);

    public Node Node { get; }

    /// <summary>http, tls or tcp.</summary>
    public string Protocol { get; }

    /// <summary>Among the routes of its protocol; first match wins.</summary>
    public int Index { get; }

    public Shares Shares { get; }

    public bool IsHttp => ReferenceEquals(Protocol, Http);

    /// <summary>Only http routes have names.</summary>
    public string? Name => IsHttp ? Node["name"u8].Text : null;

    public Node Match => Node["match"u8];

    /// <summary>No match condition, an empty one, or <c>uri.prefix: /</c> alone: takes every request that comes so far (facts 2.1).</summary>
    public bool IsCatchAll
    {
        get
        {
            if (!Match.Exists || Match.Count == 0) return true;
            foreach (var item in Match.Items)
            {
                var keys = 0;
                foreach (var _ in new Node(item).Entries) keys++;
                if (keys == 0 || (keys == 1 && new Node(item)["uri"u8]["prefix"u8].IsText("/"u8))) return true;
            }
            return false;
        }
    }

    /// <summary>An http route that sends requests to destinations: only these have timeouts and retries of their own (facts 2.6).</summary>
    public bool Forwards => IsHttp && Node["route"u8].Exists;

    /// <summary>What it is called in keys and texts: its name, or else its conditions.</summary>
    public string Key => $"{Protocol}:{Name ?? (Match.Count == 0 ? "any" : Match.ToString())}";

    private const string Http = "http";

    public static IReadOnlyList<VirtualServiceRoute> Of(Node spec, Reader read)
    {
        var routes = new List<VirtualServiceRoute>(spec["http"u8].Count);
        Add(routes, spec["http"u8], Http, read);
        Add(routes, spec["tls"u8], "tls", read);
        Add(routes, spec["tcp"u8], "tcp", read);
        return routes;
    }

    private static void Add(List<VirtualServiceRoute> routes, Node list, string protocol, Reader read)
    {
        var index = 0;
        foreach (var item in read.Items(list))
        {
            var node = read.Map(new Node(item));
            routes.Add(new VirtualServiceRoute(node, protocol, index++, Shares.OfIstio(node["route"u8], read)));
        }
    }
}
