using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>At a gateway, a service takes its own hosts. See docs/facts/istio.md#one-virtual-service-per-host.</summary>
internal static class WildcardHost
{
    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-wildcard-host",
        Summary = "A VirtualService at a gateway should name its hosts, not take every path of every host.",
        Why =
            "Host * with a route for every path answers for all hosts of the gateway that no other VirtualService names: a new domain, or one "
            + "whose VirtualService was deleted or mistyped, "
            + "is served by a stranger instead of 404, and with two such objects nobody knows which one answers (Istio, merging of "
            + "VirtualServices at gateways: the order is undefined).",
        Remedy = "List the hosts that the service has.",
        Kinds = [ObjectKind.VirtualService],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Subject.Attachment.Gateways.Count == 0)
            return;
        Node star = default;
        foreach (var item in x.Spec["hosts"u8].Items)
        {
            if (item.IsText("*"u8))
                star = item;
        }
        if (!star.Exists)
            return;
        foreach (var route in x.Subject.Routes)
        {
            if (!route.IsHttp || !route.IsCatchAll || !(route.Forwards || route.Delegates))
                continue;
            x.Report(
                new Finding(
                    star,
                    "host *",
                    $"host \"*\" with {route.Title} takes every path of every host that nobody else names at the gateway: a new or mistyped "
                        + $"host ends up here instead of at 404"
                )
                {
                    Found = "*",
                    Remedy = $"hosts: [{Shown.Clip(x.Subject.Name, 60)}.example.com]   # the service's own",
                }
            );
            return;
        }
    }
}
