using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Routing;

/// <summary>What a share of requests goes to.</summary>
/// <param name="Percent">0 to 100.</param>
internal readonly record struct Portion(Destination Destination, double Percent);

/// <summary>What becomes of a request that a rule of a table takes.</summary>
/// <param name="Answer">The status that the proxy answers with by itself; null where it forwards.</param>
/// <param name="Shares">Whom it forwards to, none without a share.</param>
/// <param name="Attempts">Retries after the first try.</param>
/// <param name="Timeout">Of all tries together; null where there is none.</param>
/// <param name="Mirrors">Who gets copies.</param>
internal sealed record RouteEffect(
    long? Answer,
    IReadOnlyList<Portion> Shares,
    long Attempts,
    TimeSpan? Timeout,
    TimeSpan? PerTry,
    IReadOnlyList<Portion> Mirrors
)
{
    /// <summary>Istio's own default, since 1.24 (docs/facts/istio.md#default-retries).</summary>
    public const int DefaultAttempts = 2;

    /// <summary>Users are served by somebody behind the proxy.</summary>
    public bool Forwards => Answer is null && Shares.Count > 0;

    public static RouteEffect Of(TableRule rule) => rule.Route is HttpRouteRule http ? OfHttpRoute(rule, http) : OfVirtualService(rule);

    private static RouteEffect OfVirtualService(TableRule rule)
    {
        var node = rule.Route.Node;
        if (node["redirect"u8].Exists)
            return Answers(new Reader().Integer(node["redirect"u8]["redirectCode"u8]) is { } code and > 0 ? code : 301);
        if (rule.Setting("directResponse"u8) is { Exists: true } direct)
            return Answers(new Reader().Integer(direct["status"u8]) ?? 200);
        var retries = rule.Setting("retries"u8) is { Exists: true } own ? own : rule.Of.Settings.Mesh.DefaultHttpRetryPolicy;
        var attempts = retries.Exists ? Math.Max(0, new Reader().Integer(retries["attempts"u8]) ?? 0) : DefaultAttempts;
        var perTry = Positive(retries["perTryTimeout"u8]);
        var mirrors = new List<Portion>();
        AddMirrors(mirrors, rule);
        return new RouteEffect(null, SharesOf(rule), attempts, Positive(rule.Setting("timeout"u8)), perTry, mirrors);
    }

    /// <summary>docs/facts/gateway-api.md#timeouts, docs/facts/gateway-api.md#retries, docs/facts/gateway-api.md#nobody-to-serve</summary>
    private static RouteEffect OfHttpRoute(TableRule rule, HttpRouteRule route)
    {
        var redirect = route.Node["filters"u8].Items.Select(f => f["requestRedirect"u8]).FirstOrDefault(f => f.Exists);
        if (redirect.Exists)
            return Answers(new Reader().Integer(redirect["statusCode"u8]) ?? 302);
        if (route.Shares.Sum == 0)
            return Answers(500);
        var retry = route.Node["retry"u8];
        var tries = Positive(route.Node["timeouts"u8]["backendRequest"u8]);
        var whole = Positive(route.Node["timeouts"u8]["request"u8]);
        var attempts = retry.Exists ? new Reader().Integer(retry["attempts"u8]) ?? DefaultAttempts : DefaultAttempts;
        if (!retry.Exists && rule.Of.Settings.Mesh.DefaultHttpRetryPolicy is { Exists: true } mesh)
            attempts = new Reader().Integer(mesh["attempts"u8]) ?? 0;
        var mirrors = HttpRouteMirror.Of(route.Node, rule.Of).Where(m => m.Percent > 0).Select(m => new Portion(m.Destination, m.Percent));
        return new RouteEffect(null, SharesOf(rule), attempts, retry.Exists ? whole : tries ?? whole, retry.Exists ? tries : null, [.. mirrors]);
    }

    private static RouteEffect Answers(long status) => new(status, [], 0, null, null, []);

    private static List<Portion> SharesOf(TableRule rule)
    {
        var shares = new List<Portion>();
        var targets = rule.Route.Targets(rule.Of);
        for (var i = 0; i < targets.Count; i++)
        {
            if (rule.Route.Shares.Span[i].Percent is > 0 and var percent)
                shares.Add(new Portion(targets[i], percent));
        }
        return shares;
    }

    /// <summary>The one of <c>mirror</c>, with the share that is said beside it or in the root, then those of <c>mirrors</c>.</summary>
    private static void AddMirrors(List<Portion> mirrors, TableRule rule)
    {
        if (rule.Setting("mirror"u8) is { Exists: true } one)
        {
            var owner = rule.Route.Node["mirror"u8].Exists ? rule.Of : rule.Owner;
            Add(mirrors, Destination.At(one, owner), PercentOf(rule.Setting("mirrorPercentage"u8), rule.Setting("mirrorPercent"u8)));
        }
        var list = rule.Setting("mirrors"u8);
        foreach (var item in list.Items)
        {
            var owner = rule.Route.Node["mirrors"u8].Exists ? rule.Of : rule.Owner;
            Add(mirrors, Destination.At(item["destination"u8], owner), PercentOf(item["percentage"u8], default));
        }
    }

    private static void Add(List<Portion> mirrors, Destination destination, double percent)
    {
        if (percent > 0)
            mirrors.Add(new Portion(destination, percent));
    }

    private static double PercentOf(Node map, Node number)
    {
        if (map.Exists)
            return new Reader().Number(map["value"u8]) ?? 0;
        return number.Exists ? new Reader().Number(number) ?? 0 : 100;
    }

    private static TimeSpan? Positive(Node duration) => new Reader().Duration(duration) is { } value && value > TimeSpan.Zero ? value : null;
}
