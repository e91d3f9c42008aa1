using System.Text.Json;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>A host that somebody asks for: by proxy and route configuration.</summary>
internal readonly record struct HostAt(string Proxy, string Configuration, string Host);

/// <summary>The virtual hosts of <c>tests/oracle/gateway</c> that routes made, and which of their routes takes a request.</summary>
internal sealed class RouteHosts
{
    private readonly Dictionary<HostAt, JsonElement> known = [];

    public RouteHosts(JsonElement facts)
    {
        foreach (var proxy in facts.GetProperty("proxies").EnumerateObject())
        {
            foreach (var configuration in proxy.Value.GetProperty("routes").EnumerateObject())
            {
                foreach (var host in configuration.Value.EnumerateArray().Where(h => h.GetProperty("routes").GetArrayLength() > 0))
                    known[new HostAt(proxy.Name, configuration.Name, host.GetProperty("domains")[0].GetString()!)] = host.GetProperty("routes");
            }
        }
    }

    /// <summary>Of both worlds; of a wildcard one name.</summary>
    public IEnumerable<HostAt> Together(RouteHosts other) =>
        known.Keys.Union(other.known.Keys).Select(h => h with { Host = h.Host.Replace("*", "shop", StringComparison.Ordinal) }).Distinct();

    /// <summary>Whether somebody answers: what a service has without routes, or a route.</summary>
    /// <param name="orElsewhere">A redirect counts too.</param>
    public bool Serves(HostAt at, (string Path, Dictionary<string, string?> Values) request, bool orElsewhere)
    {
        if (Best(at) is null)
            return at.Proxy != "ingress";
        var route = TakerOf(at, request);
        return route.ValueKind == JsonValueKind.Object
            && ((route.TryGetProperty("clusters", out var c) && c.GetArrayLength() > 0) || (orElsewhere && route.TryGetProperty("redirect", out _)));
    }

    /// <summary>Absent where nobody takes it, or the service answers by itself.</summary>
    public JsonElement TakerOf(HostAt at, (string Path, Dictionary<string, string?> Values) request) =>
        Best(at) is { } routes ? RouteTrial.TakerOf(routes, request.Path, request.Values) : default;

    /// <summary>The virtual host that Envoy picks: the name itself, else the longest wildcard.</summary>
    private JsonElement? Best(HostAt at)
    {
        var found = known.Keys.Where(k => k.Proxy == at.Proxy && k.Configuration == at.Configuration && Covers(k.Host, at.Host)).ToList();
        return found.Count == 0 ? null : known[found.MaxBy(k => (k.Host == at.Host, k.Host.Length))];
    }

    private static bool Covers(string domain, string host) =>
        domain == host || (domain.StartsWith('*') && host.EndsWith(domain[1..], StringComparison.Ordinal));
}
