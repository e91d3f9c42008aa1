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

    /// <summary>Whom a route's faults hit.</summary>
    private enum Scope
    {
        Users,
        Client,
        Tests,
    }

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
            Judge(x, route, fault, "delay");
            Judge(x, route, fault, "abort");
        }
    }

    private static void Judge(Inspection x, VirtualServiceRoute route, Node fault, string kind)
    {
        var node = x.Read.Map(fault[kind]);
        if (PercentOf(x, node, kind) is not { } percent || percent <= 0)
            return;
        var scope = ScopeOf(route);
        if (scope == Scope.Users && percent >= 100 && !route.IsCatchAll && x.Read.Integer(node["httpStatus"u8]) is { } status and < 500)
            x.Report(Closed(route, node, status));
        else if (scope == Scope.Users)
            x.Report(Broad(x, route, node, kind, percent));
        else if (percent > x.Get(MaxFaultPercent))
            x.Report(Much(x, route, node, kind, percent, scope));
    }

    /// <summary>
    /// Absent is 0 (docs/facts/istio.md#fault-percentage); of a delay Istio still reads the deprecated <c>percent</c>. Null where it cannot be read.
    /// </summary>
    private static double? PercentOf(Inspection x, Node fault, string kind)
    {
        if (fault["percentage"u8].Exists)
            return x.Read.Number(x.Read.Map(fault["percentage"u8])["value"u8]);
        return kind == "delay" ? x.Read.Integer(fault["percent"u8]) : null;
    }

    /// <summary>
    /// What every entry of the match asks for. A header with a value, or a query parameter, is something that a request chooses to send; sourceLabels
    /// choose a whole client.
    /// </summary>
    private static Scope ScopeOf(VirtualServiceRoute route)
    {
        var widest = route.Match.Count > 0 ? Scope.Tests : Scope.Users;
        foreach (var item in route.Match.Items)
        {
            var entry = item;
            var scope =
                AsksForAValue(entry["headers"u8]) || AsksForAValue(entry["queryParams"u8]) ? Scope.Tests
                : entry["sourceLabels"u8].Entries.MoveNext() ? Scope.Client
                : Scope.Users;
            if (scope < widest)
                widest = scope;
        }
        return widest;
    }

    /// <summary>Pseudo headers, the host and the browser are sent by everybody.</summary>
    private static bool AsksForAValue(Node conditions)
    {
        foreach (var condition in conditions.Entries)
        {
            if (condition.Name.StartsWith(':') || condition.Name.ToLowerInvariant() is "host" or "user-agent" or "accept")
                continue;
            var value = new Node(condition.Value);
            if (value["exact"u8].Text is { Length: > 0 } || value["prefix"u8].Text is { Length: > 0 })
                return true;
            if (value["regex"u8].Text is { Length: > 0 } regex && !MatchSet.MatchesEveryPath(regex))
                return true;
        }
        return false;
    }

    private static Finding Broad(Inspection x, VirtualServiceRoute route, Node fault, string kind, double percent)
    {
        // A delegate is reached only through its root, whose match may be narrow (docs/facts/istio.md#delegates).
        var isDelegate = x.Spec["hosts"u8].Count == 0;
        return new Finding(
            fault,
            $"{route.Key} {kind} users",
            $"{Effect(fault, kind)} {Shown.Percent(percent)} of all requests of {route.Title}, only requests that ask for it may be hit: "
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

    private static Finding Much(Inspection x, VirtualServiceRoute route, Node fault, string kind, double percent, Scope scope)
    {
        var whom = scope == Scope.Client ? "of the clients that sourceLabels choose" : "that ask for it";
        return new Finding(
            fault,
            $"{route.Key} {kind}",
            $"{Effect(fault, kind)} {Shown.Percent(percent)} of the requests {whom}, at most {x.Get(MaxFaultPercent)} % are allowed"
        )
        {
            Found = Shown.Percent(percent),
            Limit = $"{x.Get(MaxFaultPercent)} %",
            Excess = percent,
            Remedy = $"percentage: {{value: {x.Get(MaxFaultPercent)}}}",
            AtMost = scope == Scope.Client ? GuardAction.Deny : GuardAction.Warn,
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

    private static string Effect(Node fault, string kind) =>
        kind == "delay"
            ? fault["fixedDelay"u8].Exists
                ? $"a delay of {Shown.Clip(fault["fixedDelay"u8].Text ?? "", 20)} hits"
                : "a delay hits"
            : fault["httpStatus"u8].Exists
                ? $"status {Shown.Value(fault["httpStatus"u8])} answers"
                : "an abort hits";
}
