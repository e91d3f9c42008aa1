using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>Inside the mesh, no route turns all callers of a service away.</summary>
internal static class BlackHole
{
    private static readonly NamesParameter ExemptRoutes = new(
        "exemptRoutes",
        "names of routes that may turn everybody away, such as a maintenance page; * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-black-hole",
        Summary = "A route for all requests of callers in the mesh should ask a server, not answer with an error or a redirect.",
        Why =
            "A VirtualService without gateways, or with mesh among them, holds in every sidecar: a redirect or an error meant for browsers at "
            + "the gateway then answers each call "
            + "from service to service, and the service behind it looks idle, not broken (Istio API, VirtualService.gateways).",
        Remedy = "Bind the VirtualService to the gateway alone, or narrow the route's match.",
        Kinds = [ObjectKind.VirtualService],
        Parameters = [ExemptRoutes],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var attachment = x.Subject.Attachment;
        if (!attachment.IncludesMesh)
            return;
        foreach (var route in x.Subject.Routes)
        {
            if (!route.IsHttp || !route.IsCatchAll || route.IsNamedBy(x.Get(ExemptRoutes)))
                continue;
            var status = route.Node["directResponse"u8]["status"u8];
            var redirect = route.Node["redirect"u8];
            if (redirect.IsObject)
                x.Report(Turned(x, route, attachment, redirect, "is redirected"));
            else if (x.Read.Integer(status) is >= 500)
                x.Report(Turned(x, route, attachment, status, $"is answered with {Shown.Value(status)}"));
            return; // behind it nothing is reached
        }
    }

    private static Finding Turned(Inspection x, VirtualServiceRoute route, Attachment attachment, Node at, string how)
    {
        var others = string.Join(", ", attachment.Names.Where(g => g != Attachment.Mesh).Take(10).Select(g => Shown.Clip(g, 120)));
        return new Finding(
            at,
            route.Key,
            $"every request that gets as far as {route.Title} {how}, of callers in the mesh too, since "
                + $"{(x.Spec["gateways"u8].Count == 0 ? "no gateways are named" : "gateways has mesh")}: services that call this one fail"
        )
        {
            Remedy =
                others.Length == 0
                    ? $"# instead:\nroute:\n- destination: {{host: "
                        + $"{Shown.Quote(Shown.Clip(x.Spec["hosts"u8].ItemAt(0).Text ?? x.Subject.Name, 253))}}}"
                    : $"# under spec:\ngateways: [{others}]",
        };
    }
}
