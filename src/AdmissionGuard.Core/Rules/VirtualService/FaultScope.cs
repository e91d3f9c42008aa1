using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>Injected faults hit test requests, not users. See docs/facts/istio.md#match-conditions.</summary>
internal static class FaultScope
{
    private static readonly IntegerParameter MaxFaultPercent = new(
        "maxFaultPercent",
        10,
        0,
        100,
        "share in percent of a route's requests that a fault may hit"
    );
    private static readonly NamesParameter ChaosNamespaces = new("chaosNamespaces", "namespaces in which faults may hit anybody; * allowed");

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-fault-scope",
        Summary = "Fault injection must be narrowed to test requests, and must hit few of them.",
        Why =
            "A fault without a condition is an outage that somebody made: the sidecars delay and abort requests of users as told, and the "
            + "service's own metrics show nothing, "
            + "since the requests never reach it (Istio API, HTTPFaultInjection). It stays until somebody remembers it.",
        Remedy = "Put the fault on a route of its own whose match asks for a header that only tests send, and keep its percentage at 10 or less.",
        Kinds = [ObjectKind.VirtualService],
        Parameters = [MaxFaultPercent, ChaosNamespaces],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (Wildcard.MatchesAny(x.Get(ChaosNamespaces), x.Subject.Namespace))
            return;
        foreach (var route in x.Subject.Routes)
        {
            if (!route.Forwards && !route.Delegates)
                continue;
            var fault = x.Read.Map(route.Node["fault"u8]);
            if (!fault.Exists)
                continue;
            Judge(x, route, new RouteFault(fault, "delay", x.Read));
            Judge(x, route, new RouteFault(fault, "abort", x.Read));
        }
    }

    private static void Judge(Inspection x, VirtualServiceRoute route, RouteFault fault)
    {
        if (fault.Percent is not { } percent || percent <= 0)
            return;
        var target = RouteFault.TargetOf(route);
        if (target == FaultTarget.Users && percent >= 100 && !route.IsCatchAll && x.Read.Integer(fault.Node["httpStatus"u8]) is { } status and < 500)
            x.Report(Closed(route, fault.Node, status));
        else if (target == FaultTarget.Users)
            x.Report(Broad(x, route, fault, percent));
        else if (percent > x.Get(MaxFaultPercent))
            x.Report(Much(x, route, fault, percent, target));
    }

    private static Finding Broad(Inspection x, VirtualServiceRoute route, RouteFault fault, double percent)
    {
        // A delegate is reached only through its root, whose match may be narrow (docs/facts/istio.md#delegates).
        var isDelegate = x.Spec["hosts"u8].Count == 0;
        return new Finding(
            fault.Node,
            $"{route.Key} {fault.Kind} users",
            $"{fault.Effect} {Shown.Percent(percent)} of all requests of {route.Title}, only requests that ask for it may be hit: "
                + $"these are users"
        )
        {
            Found = Shown.Percent(percent),
            Limit = "a match on a header",
            Excess = percent,
            Remedy =
                "# on a route of its own before this one, with this fault and the same destinations:\nmatch:\n- headers: {x-chaos-test: "
                + "{exact: \"true\"}}",
            AtMost = isDelegate ? GuardAction.Warn : GuardAction.Deny,
        };
    }

    private static Finding Much(Inspection x, VirtualServiceRoute route, RouteFault fault, double percent, FaultTarget target)
    {
        var whom = target == FaultTarget.Client ? "of the clients that sourceLabels choose" : "that ask for it";
        return new Finding(
            fault.Node,
            $"{route.Key} {fault.Kind}",
            $"{fault.Effect} {Shown.Percent(percent)} of the requests {whom}, at most {x.Get(MaxFaultPercent)} % are allowed"
        )
        {
            Found = Shown.Percent(percent),
            Limit = $"{x.Get(MaxFaultPercent)} %",
            Excess = percent,
            Remedy = $"percentage: {{value: {x.Get(MaxFaultPercent)}}}",
            AtMost = target == FaultTarget.Client ? GuardAction.Deny : GuardAction.Warn,
        };
    }

    /// <summary>How a path was closed before Istio had directResponse: meant, and no test.</summary>
    private static Finding Closed(VirtualServiceRoute route, Node fault, long status) =>
        new(
            fault,
            $"{route.Key} closed",
            $"an abort answers 100 % of the requests of {route.Title} with {status}, a directResponse is meant for that: as a fault it looks "
                + $"like a test that was left behind"
        )
        {
            Remedy = $"directResponse: {{status: {status}}}   # instead of fault and route",
            AtMost = GuardAction.Warn,
        };
}
