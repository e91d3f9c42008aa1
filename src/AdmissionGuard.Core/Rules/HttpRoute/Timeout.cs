using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.HttpRoute;

/// <summary>A request ends after a time that somebody chose. See docs/facts/gateway-api.md#timeouts.</summary>
internal static class Timeout
{
    private static readonly NamesParameter ExemptRoutes = new(
        "exemptRoutes",
        "names of rules for streams and long polls, which may live as long as they like; * allowed"
    );

    /// <summary>What is written in remedies, as virtual-service-timeout injects it.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(15);

    public static readonly Rule Rule = new()
    {
        Id = "http-route-timeout",
        Summary = "Every rule of an HTTPRoute that forwards requests should have a timeout between 50 ms and 60 s.",
        Why =
            "Without timeouts.request the Gateway decides, and many wait for ever: behind one slow dependency every caller's connections and "
            + "threads fill up, and the outage spreads upwards "
            + "(DoorDash, 12 May 2022). 0s switches the timeout off, and request spans all tries of a request (Gateway API, GEP-1742).",
        Remedy =
            "Set timeouts.request on each rule, longer than its slowest good answer. Streams and websockets have no end to wait for: name "
            + "their rules in exemptRoutes.",
        Kinds = [ObjectKind.HttpRoute],
        Parameters = [ExemptRoutes, TimeoutBounds.Most, TimeoutBounds.Least],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var rule in x.Subject.Splits.OfType<HttpRouteRule>())
        {
            if (!rule.Forwards || rule.IsNamedBy(x.Get(ExemptRoutes)))
                continue;
            var timeouts = x.Read.Map(rule.Node["timeouts"u8]);
            var field = IsWholeTimeout(rule, timeouts) ? "backendRequest" : "request";
            var node = timeouts[field];
            var usual = UsualBeside(timeouts["backendRequest"u8], x.Get(TimeoutBounds.Most));
            if (!node.Exists && timeouts.Exists == rule.Node["timeouts"u8].Exists)
                x.Report(Missing(rule, timeouts, usual));
            if (TimeoutBounds.Check(x, rule, node, field, usual) is { } outside)
                x.Report(outside);
        }
    }

    /// <summary>Without retries the limit of one try is that of the request (docs/facts/gateway-api.md#timeouts).</summary>
    private static bool IsWholeTimeout(HttpRouteRule rule, Node timeouts) =>
        timeouts["backendRequest"u8].Exists && !timeouts["request"u8].Exists && !rule.Node["retry"u8].Exists;

    /// <summary>The API server refuses a request timeout below that of one try.</summary>
    private static TimeSpan UsualBeside(Node backendRequest, TimeSpan most)
    {
        var each = new Reader().Duration(backendRequest) ?? TimeSpan.Zero;
        return each > Usual || Usual > most ? most : Usual;
    }

    private static Finding Missing(HttpRouteRule rule, Node timeouts, TimeSpan usual)
    {
        var request = Durations.Write(usual);
        return new Finding(
            Place.Below(rule.Node, "timeouts/request"),
            rule.Key,
            $"{rule.Title} has no timeout, every rule needs one: unless the Gateway has one, a request to a slow server waits for ever"
        )
        {
            Remedy = timeouts.Exists ? $"request: {request}" : $"timeouts:\n  request: {request}",
        };
    }
}
