using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>Inside the mesh, every request to a service finds a route. See docs/facts/istio.md#route-order.</summary>
internal static class Fallback
{
    private static readonly NamesParameter ExemptHosts = new(
        "exemptHosts",
        "hosts of which only the paths listed are meant to be reached; fully qualified, * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-fallback",
        Summary = "A VirtualService or HTTPRoute for callers in the mesh should have a route that takes all other requests.",
        Why =
            "A VirtualService or HTTPRoute replaces the plain route to a service: what matches none of its routes gets 404 from the caller's "
            + "own sidecar "
            + "(flag NR), though the service would answer; "
            + "a new endpoint of the service is unreachable until somebody finds out why (Istio, traffic management problems). At a gateway the "
            + "list of paths is what is published, and is left alone.",
        Remedy = "End the list of http routes with one that has no match.",
        Kinds = [ObjectKind.VirtualService, ObjectKind.HttpRoute],
        Reads = RouteChange.Kinds,
        Parameters = [ExemptHosts],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var http = x.Spec["http"u8];
        if (x.Subject.Kind == ObjectKind.VirtualService && (http.Count == 0 || !x.Subject.Attachment.IncludesMesh || EndsWithAll(x)))
            return;
        foreach (var table in RouteReach.Of(x).Tables)
        {
            if (!table.IsMine || table.Caller.Gateway is not null || !IsJudged(x, table.Host) || Unmatched(table) is not { } request)
                continue;
            var routes = x.Subject.Kind == ObjectKind.HttpRoute ? x.Spec["rules"u8] : http;
            var noun = x.Subject.Kind == ObjectKind.HttpRoute ? "rule" : "http route";
            var only = routes.Count == 1 ? $"the only {noun} has" : $"each of {routes.Count} {noun}s has";
            x.Report(
                new Finding(
                    routes,
                    "fallback",
                    $"{only} a condition, one {noun.Split(' ')[^1]} without is needed at the end: any other request to "
                        + $"{Shown.Clip(table.Host, 80)}{table.Caller}, such as {request}, gets 404 from its caller's own sidecar"
                )
                {
                    Remedy = RemedyOf(x, table),
                }
            );
            return;
        }
    }

    private static string RemedyOf(Inspection x, ReachedTable table)
    {
        if (x.Subject.Kind == ObjectKind.HttpRoute)
            return $"- backendRefs:\n  - {{name: {Shown.Quote(MeshHost.Split(table.Host).First)}, port: {table.Caller.Port}}}";
        return MeshHost.IsWildcard(table.Host)
            ? "# end the list of http routes with one that has no match"
            : $"- route:\n  - destination: {{host: {Shown.Quote(Shown.Clip(table.Host, 253))}}}";
    }

    /// <summary>Told without looking at anything else: most end so.</summary>
    private static bool EndsWithAll(Inspection x) =>
        x.Subject.Routes.Any(r => r is { IsHttp: true, Delegates: false } && (!r.Node.Exists || r.IsCatchAll));

    /// <summary>A request that no route takes; null where there is none, or too many to try.</summary>
    private static Request? Unmatched(ReachedTable table)
    {
        if (table.Table.Rules.Any(r => r.Match.TakesAll))
            return null;
        var requests = RequestSamples.Of(table.Table.Rules, table.Host, TableChange.MostRequests)
            ?? [new Request("/any-other", new Dictionary<string, string>(StringComparer.Ordinal) { [":method"] = "GET" })];
        return requests.FirstOrDefault(r => table.Table.TakerOf(r) is null);
    }

    /// <summary>
    /// Services of the mesh and hosts that only the mesh routes, if they are not exempt: of a host that a gateway publishes, the list of paths is
    /// what is published.
    /// </summary>
    private static bool IsJudged(Inspection x, string host) =>
        (MeshHost.CoversMesh(host, x.Settings.ClusterDomain) || IsOfMeshOnly(x, host)) && !Wildcard.MatchesAny(x.Get(ExemptHosts), host);

    private static bool IsOfMeshOnly(Inspection x, string host) =>
        x.Subject.Kind == ObjectKind.VirtualService && !MeshHost.IsWildcard(host) && x.Subject.Attachment.Gateways.Count == 0;
}
