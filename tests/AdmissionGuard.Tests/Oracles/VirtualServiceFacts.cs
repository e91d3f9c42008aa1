using System.Text.Json;
using System.Text.RegularExpressions;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>What a rule should say of a VirtualService, or of one of its http routes, by what Istio wrote.</summary>
/// <param name="Where">The start of the findings' path; the whole object where it is empty.</param>
/// <param name="Text">A pattern of the findings that are meant; empty for all of the rule.</param>
internal sealed record RouteFact(string Rule, string Where, string Text, bool IsAtFault);

/// <summary>A VirtualService of a world of <c>tests/oracle/istio</c>, with the routes that proxies have of it.</summary>
internal sealed class VirtualServiceFacts
{
    private static readonly string[] OfTimeouts = ["5xx", "gateway-error", "reset"];

    private readonly IstioWorld world;
    private readonly (ObjectKey Key, Node Root) of;
    private readonly string name;
    private readonly List<(string Proxy, JsonElement Routes)> mine = [];
    private readonly List<Node> http;

    public VirtualServiceFacts(IstioWorld world, (ObjectKey Key, Node Root) of)
    {
        this.world = world;
        this.of = of;
        name = $"{of.Key.Namespace}/{of.Key.Name}";
        http = [.. Spec["http"u8].Items];
        foreach (var proxy in world.Facts.GetProperty("proxies").EnumerateObject())
        {
            if (!proxy.Value.TryGetProperty("routes", out var configurations))
                continue;
            foreach (var host in configurations.EnumerateObject().SelectMany(c => c.Value.EnumerateArray()))
            {
                var routes = host.GetProperty("routes");
                if (routes.EnumerateArray().Any(IsMine))
                    mine.Add((proxy.Name, routes));
            }
        }
    }

    private Node Spec => of.Root["spec"u8];

    private bool IsInMesh => Spec["gateways"u8].Count == 0 || Spec["gateways"u8].Items.Any(g => g.Text == "mesh");

    private bool IsMerged => mine.Exists(m => m.Routes.EnumerateArray().Select(RuleOf).Distinct().Count() > 1);

    public IEnumerable<RouteFact> All()
    {
        if (Spec["hosts"u8].Count == 0)
            return [];
        var facts = http.Count > 0 ? Effect() : [];
        return mine.Count == 0 ? facts : facts.Concat(Order()).Concat(http.SelectMany((h, i) => Single(h, $"/spec/http/{i}/"))).Concat(Fallback());
    }

    /// <summary>What nobody misses has no effect, which another one for a host in the mesh explains.</summary>
    private IEnumerable<RouteFact> Effect()
    {
        if (
            !IsInMesh
            || !world.Facts.TryGetProperty("without", out var without)
            || !without.TryGetProperty($"VirtualService {name}", out var changes)
            || changes.EnumerateObject().Any()
        )
            yield break;
        var others = world.Objects.Any(o =>
            o.Key.Kind == ObjectKind.VirtualService
            && o.Key != of.Key
            && o.Root["spec"u8]["hosts"u8].Count > 0
            && (o.Root["spec"u8]["gateways"u8].Count == 0 || o.Root["spec"u8]["gateways"u8].Items.Any(g => g.Text == "mesh"))
        );
        yield return new RouteFact("virtual-service-one-per-host", "", "", others);
    }

    private IEnumerable<RouteFact> Order()
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, routes) in mine)
        {
            var (reached, _) = RouteTrial.Of(routes);
            taken.UnionWith(routes.EnumerateArray().Where((r, i) => IsMine(r) && reached.Contains(i)).Select(NameOf));
        }
        foreach (var route in http.Where(h => !h["delegate"u8].Exists).Select(h => h["name"u8].Text).OfType<string>())
            yield return new RouteFact("virtual-service-route-order", "", $"takes all requests of .*\"{route}\".* behind it", !taken.Contains(route));
    }

    private IEnumerable<RouteFact> Single(Node route, string at)
    {
        var own = RoutesOf(route);
        if (route["delegate"u8].Exists)
        {
            yield return new RouteFact("virtual-service-delegate", at, "", own.Count == 0);
            yield break;
        }
        if (own.Count == 0 || !own[0].Route.TryGetProperty("clusters", out _))
            yield break;
        yield return new RouteFact("virtual-service-destinations", at, "gets? 503|gateway's own port", own.Exists(IsBroken));
        var written = own[0].Route;
        var retries = written.TryGetProperty("retries", out var r) ? r : default;
        var attempts = retries.ValueKind == JsonValueKind.Object ? retries.GetProperty("attempts").GetInt64() : 0;
        var timeout = RouteTrial.Seconds(written, "timeout");
        yield return new RouteFact("virtual-service-retry-attempts", at, "at most", attempts > 3);
        yield return new RouteFact("virtual-service-retry-budget", at, "", !Fits(retries, attempts, timeout));
        yield return new RouteFact("virtual-service-timeout", at, "", timeout is < 0.05 or > 60);
    }

    /// <summary>In a sidecar, for the object alone.</summary>
    private IEnumerable<RouteFact> Fallback()
    {
        if (IsInMesh && !IsMerged)
            yield return new RouteFact("virtual-service-fallback", "", "", mine.Exists(m => RouteTrial.Of(m.Routes).Loses));
    }

    private static bool Fits(JsonElement retries, long attempts, double timeout)
    {
        var each = attempts > 0 ? RouteTrial.Seconds(retries, "perTry") : 0;
        if (each <= 0)
            return true;
        var retriesTimeouts = retries.GetProperty("on").GetString()!.Split(',').Intersect(OfTimeouts).Any();
        return retriesTimeouts && (timeout <= 0 || (each < timeout && (1 + attempts) * each <= timeout + 1e-9));
    }

    private bool IsBroken((string Proxy, JsonElement Route) at)
    {
        if (!at.Route.TryGetProperty("clusters", out var clusters))
            return false;
        var known = world.Facts.GetProperty("proxies").GetProperty(at.Proxy).GetProperty("clusterNames").EnumerateArray().Select(n => n.GetString());
        return clusters.EnumerateArray().Select(c => c.GetProperty("cluster").GetString()).Except(known).Any();
    }

    private List<(string Proxy, JsonElement Route)> RoutesOf(Node route)
    {
        var wanted = route["name"u8].Text ?? "";
        var all = mine.SelectMany(m => m.Routes.EnumerateArray().Where(IsMine).Select(r => (m.Proxy, Route: r))).ToList();
        var exact = all.Where(r => NameOf(r.Route) == wanted).ToList();
        return exact.Count > 0 || !route["delegate"u8].Exists
            ? exact
            : [.. all.Where(r => NameOf(r.Route).StartsWith(wanted + "-", StringComparison.Ordinal))];
    }

    private bool IsMine(JsonElement route) => RuleOf(route) == name;

    private static string? RuleOf(JsonElement route) => route.TryGetProperty("rule", out var rule) ? rule.GetString() : null;

    private static string NameOf(JsonElement route) => route.TryGetProperty("name", out var n) ? n.GetString()!.Split('.')[0] : "";
}
