using System.Security.Cryptography;
using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Istio;

/// <summary>A route of a VirtualService, of whichever protocol.</summary>
internal sealed class VirtualServiceRoute
{
    private string? key;

    private VirtualServiceRoute(Node node, string protocol, int index, Shares shares) => (Node, Protocol, Index, Shares) = (node, protocol, index, shares);

    public Node Node { get; }

    /// <summary>http, tls or tcp.</summary>
    public string Protocol { get; }

    /// <summary>Among the routes of its protocol; first match wins.</summary>
    public int Index { get; }

    public Shares Shares { get; }

    public bool IsHttp => ReferenceEquals(Protocol, Http);

    /// <summary>Only http routes have names.</summary>
    public string? Name => IsHttp && Node["name"u8].Text is { Length: > 0 } name ? name : null;

    /// <summary>Whether it has a name that one of these patterns covers.</summary>
    public bool IsNamedBy(IReadOnlyList<string> patterns) => patterns.Count > 0 && Name is { } name && Wildcard.MatchesAny(patterns, name);

    public Node Match => Node["match"u8];

    public MatchSet Conditions => new(Match);

    /// <summary>Takes every request that comes so far.</summary>
    public bool IsCatchAll => Conditions.IsCatchAll;

    /// <summary>An http route that sends requests to destinations: only these have timeouts and retries of their own (facts 2.6).</summary>
    public bool Forwards => IsHttp && Node["route"u8].Count > 0;

    /// <summary>An http route that hands on to another VirtualService, which takes its timeout and retries where it sets none (facts 2.4).</summary>
    public bool Delegates => IsHttp && Node["delegate"u8].Exists;

    /// <summary>It should have a timeout and retries: no fault (which switches both off, facts 2.6), no websocket (which a timeout would cut).</summary>
    public bool TakesDefaults => Forwards && !Node["fault"u8].Exists && !Conditions.MatchesUpgrade;

    /// <summary>What it is called in keys: its name, or else its conditions; long ones by their hash, since every destination's key begins with it.</summary>
    public string Key => key ??= $"{Protocol}:{Name ?? Shortened(Conditions.Canonical)}";

    /// <summary>What it is called in texts.</summary>
    public string Title => Name is { } name ? $"route {Shown.Quote(Shown.Clip(name, 60))}"
        : IsCatchAll ? "the catch-all route"
        : Conditions.Words is { Length: > 0 } words ? $"the route for {words}"
        : "the route";

    private const string Http = "http";

    private static string Shortened(string text) => text.Length <= 200 ? text : $"#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

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
