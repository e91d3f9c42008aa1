using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
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
        Summary = "A VirtualService for callers in the mesh should end with a route that takes all other requests.",
        Why =
            "A VirtualService replaces the plain route to a service: what matches none of its routes gets 404 from the caller's own sidecar "
            + "(flag NR), though the service would answer; "
            + "a new endpoint of the service is unreachable until somebody finds out why (Istio, traffic management problems). At a gateway the "
            + "list of paths is what is published, and is left alone.",
        Remedy = "End the list of http routes with one that has no match.",
        Kinds = [ObjectKind.VirtualService],
        Parameters = [ExemptHosts],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var hosts = x.Spec["hosts"u8];
        var http = x.Spec["http"u8];
        if (http.Count == 0 || !x.Subject.Attachment.IncludesMesh)
            return;
        foreach (var route in x.Subject.Routes)
        {
            if (route.IsHttp && (!route.Node.Exists || route.Conditions.IsCatchAllOfSomeClients))
                return;
        }
        if (Judged(x, hosts) is not { } host)
            return;
        var only = http.Count == 1 ? "the only http route has" : $"each of {http.Count} http routes has";
        x.Report(
            new Finding(
                http,
                "fallback",
                $"{only} a condition, one route without is needed at the end: any other request to {Shown.Clip(host, 60)} gets 404 from its "
                    + $"caller's own sidecar"
            )
            {
                Remedy = $"- route:\n  - destination: {{host: {Shown.Quote(Shown.Clip(host, 253))}}}",
            }
        );
    }

    /// <summary>The first host that is one service of the mesh and not exempt: of others it is not known whether anything would answer.</summary>
    private static string? Judged(Inspection x, Node hosts)
    {
        var domain = x.Settings.ClusterDomain;
        foreach (var item in x.Read.Items(hosts))
        {
            if (x.Read.Text(item) is not { Length: > 0 } host || !MeshHost.IsInMesh(host, domain))
                continue;
            if (!Wildcard.MatchesAny(x.Get(ExemptHosts), MeshHost.Qualify(host, x.Subject.Namespace, domain)))
                return host;
        }
        return null;
    }
}
