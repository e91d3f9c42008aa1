using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>
/// What is written does something. See docs/facts/istio.md#fault-percentage, docs/facts/istio.md#routes-with-timeouts and
/// docs/facts/istio.md#retry-on.
/// </summary>
internal static class NoEffect
{
    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-no-effect",
        Summary = "A route should hold no setting that Istio ignores.",
        Why =
            "A setting without effect is a protection, or a test, that somebody counts on: a fault without percentage hits 0 % of the "
            + "requests, routes that redirect or answer themselves have neither (pilot/pkg/networking/core/route/route.go), "
            + "and retriable-status-codes without a status never retries.",
        Remedy = "Take the setting out, or write what it needs to work.",
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.Rollout],
        LeavesAddedRoutes = true,
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Routes)
        {
            if (!route.IsHttp)
                continue;
            var fault = x.Read.Map(route.Node["fault"u8]);
            Fault(x, route, fault, "delay");
            Fault(x, route, fault, "abort");
            Ignored(x, route);
            foreach (var ignored in IgnoredMirror.Of(route))
                x.Report(ignored);
            if (route.Node["retries"u8].Exists && (route.Forwards || route.Delegates))
                Conditions(x, route);
        }
    }

    /// <summary>Of a delay Istio still reads the deprecated <c>percent</c>.</summary>
    private static void Fault(Inspection x, VirtualServiceRoute route, Node fault, string kind)
    {
        var node = x.Read.Map(fault[kind]);
        var percentage = node["percentage"u8];
        if (
            !node.Exists
            || (percentage.Exists && !percentage.IsObject)
            || percentage["value"u8].Exists
            || (!percentage.Exists && kind == "delay" && node["percent"u8].Exists)
        )
            return;
        x.Report(
            new Finding(
                Place.Below(node, "percentage/value"),
                $"{route.Key} {kind}",
                $"fault.{kind} has no percentage, which Istio reads as 0: no request is hit, and the test proves nothing"
            )
            {
                Remedy = "percentage: {value: 1}",
            }
        );
    }

    private static void Ignored(Inspection x, VirtualServiceRoute route)
    {
        string answer;
        if (route.Node["redirect"u8].Exists)
            answer = "redirect";
        else if (route.Node["directResponse"u8].Exists)
            answer = "directResponse";
        else
            return;
        foreach (var setting in (ReadOnlySpan<string>)["timeout", "retries"])
        {
            var node = route.Node[setting];
            if (!node.Exists)
                continue;
            var it = setting == "retries" ? "them" : "it";
            x.Report(
                new Finding(node, $"{route.Key} {setting}", $"{setting} beside {answer}, where Istio ignores {it}: no server is asked")
                {
                    Remedy = $"# leave {setting} out",
                }
            );
        }
    }

    private static void Conditions(Inspection x, VirtualServiceRoute route)
    {
        var retries = route.Retries(x.Read);
        var node = retries.Node["retryOn"u8];
        if (!retries.IsReadable || retries.Attempts is null or <= 0 || !node.Exists)
            return;
        var conditions = retries.Conditions;
        if (conditions.Count == 0)
        {
            x.Report(
                new Finding(
                    node,
                    $"{route.Key} retryOn",
                    $"retryOn is empty, which Istio reads as its default: it retries on {RetryPolicy.DefaultRetryOn}"
                )
                {
                    Remedy = $"retryOn: {RetryPolicy.DefaultRetryOn}",
                }
            );
        }
        else if (conditions.All(c => c is "retriable-headers" or "retriable-status-codes"))
        {
            x.Report(
                new Finding(
                    node,
                    $"{route.Key} retryOn",
                    $"{string.Join(", ", conditions.Take(2))} without a status, at least one is needed: nothing is ever retried"
                )
                {
                    Remedy = $"retryOn: {RetryPolicy.DefaultRetryOn}",
                }
            );
        }
    }
}
