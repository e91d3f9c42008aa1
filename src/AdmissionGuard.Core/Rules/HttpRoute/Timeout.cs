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
    private static readonly DurationParameter Most = new(
        "maxTimeout",
        TimeSpan.FromSeconds(60),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromHours(24),
        "the longest that is sensible for users who wait"
    );
    private static readonly DurationParameter Least = new(
        "minTimeout",
        TimeSpan.FromMilliseconds(50),
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromSeconds(10),
        "the shortest that is sensible between two services"
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
        Parameters = [ExemptRoutes, Most, Least],
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
            var (timeouts, most, least) = (x.Read.Map(rule.Node["timeouts"u8]), x.Get(Most), x.Get(Least));
            var node = timeouts["request"u8];
            if (!node.Exists && timeouts.Exists == rule.Node["timeouts"u8].Exists)
                x.Report(Missing(rule, timeouts, most));
            if (x.Read.Duration(node) is not { } timeout)
                continue;
            if (timeout == TimeSpan.Zero || timeout > most)
                x.Report(TooLong(rule, node, timeout, most));
            else if (timeout < least)
                x.Report(TooShort(rule, node, timeout, least));
        }
    }

    /// <summary>The API server refuses a request timeout below that of one try.</summary>
    private static Finding Missing(HttpRouteRule rule, Node timeouts, TimeSpan most)
    {
        var each = new Reader().Duration(timeouts["backendRequest"u8]) ?? TimeSpan.Zero;
        var request = Durations.Write(each > Usual || Usual > most ? most : Usual);
        return new Finding(
            Place.Below(rule.Node, "timeouts/request"),
            rule.Key,
            $"{rule.Title} has no timeout, every rule needs one: unless the Gateway has one, a request to a slow server waits for ever"
        )
        {
            Remedy = timeouts.Exists ? $"request: {request}" : $"timeouts:\n  request: {request}",
        };
    }

    private static Finding TooLong(HttpRouteRule rule, Node node, TimeSpan timeout, TimeSpan most) =>
        new(
            node,
            $"{rule.Key} too long",
            timeout == TimeSpan.Zero
                ? $"timeout 0s switches the timeout off, at most {Durations.Write(most)} is allowed: a request to a slow server waits for ever"
                : $"timeout is {Durations.Write(timeout)}, at most {Durations.Write(most)} is allowed: callers pile up behind a slow server for "
                    + $"that long"
        )
        {
            Found = Durations.Write(timeout),
            Limit = Durations.Write(most),
            Excess = timeout == TimeSpan.Zero ? double.MaxValue : (timeout - most).TotalSeconds,
            Remedy = $"request: {Durations.Write(most)}",
        };

    private static Finding TooShort(HttpRouteRule rule, Node node, TimeSpan timeout, TimeSpan least) =>
        new(
            node,
            $"{rule.Key} too short",
            $"timeout is {Durations.Write(timeout)}, at least {Durations.Write(least)} is allowed: a short pause of the server fails every request"
        )
        {
            Found = Durations.Write(timeout),
            Limit = Durations.Write(least),
            Excess = (least - timeout).TotalSeconds,
            Remedy = $"request: {Durations.Write(Usual)}",
        };
}
