using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Retry;

/// <summary>What a server may have done already is tried again only where that is harmless. See docs/facts/envoy.md#retry-safety.</summary>
internal static class Safety
{
    private static readonly NamesParameter IdempotentMethods = new(
        "idempotentMethods",
        "methods whose requests may run twice, in capitals; add PUT and DELETE where services keep to HTTP",
        "GET",
        "HEAD",
        "OPTIONS"
    );
    private static readonly NamesParameter ExemptRoutes = new("exemptRoutes", "names of routes whose every request may run twice; * allowed");

    public static readonly Rule Rule = new()
    {
        Id = "retry-safety",
        FormerIds = ["virtual-service-retry-safety"],
        Summary = "A route that takes writes must retry only what no server can have done already.",
        Why =
            "Most conditions (5xx, gateway-error, reset, retriable-4xx, a status, internal, deadline-exceeded) also retry requests that the "
            + "server has worked on: an order is placed twice, a card charged twice "
            + "(Envoy, router filter: reset is also an answer that came too late). Istio took 503 out of its own default in 1.24 for this reason. "
            + "Safe are connect-failure, refused-stream, reset-before-request, unavailable and cancelled.",
        Remedy =
            "Leave the unsafe conditions out, in an HTTPRoute the codes of retry, or give requests that may run twice a route of their own "
            + "with a match on their methods.",
        Kinds = [ObjectKind.VirtualService, ObjectKind.HttpRoute],
        Reads = [ObjectKind.Rollout],
        LeavesAddedRoutes = true,
        Parameters = [IdempotentMethods, ExemptRoutes],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Routes)
        {
            if (RetryPolicy.InForce(route, x.Read) is not { } retries)
                continue;
            var @unsafe = retries.Conditions.Where(RetryPolicy.MayRepeatWork).Distinct().ToList();
            if (@unsafe.Count == 0 || route.Conditions.TakesOnlyMethods(x.Get(IdempotentMethods)) || route.IsNamedBy(x.Get(ExemptRoutes)))
                continue;
            x.Report(Unsafe(x, route, retries, @unsafe));
        }
        foreach (var rule in x.Subject.Splits.OfType<HttpRouteRule>())
            OfHttpRoute(x, rule);
    }

    /// <summary>
    /// A code is an answer of a server that has worked on the request; what failed before that, a Gateway may try again without being told.
    /// </summary>
    private static void OfHttpRoute(Inspection x, HttpRouteRule rule)
    {
        var retry = x.Read.Map(rule.Node["retry"u8]);
        if (!rule.Forwards || !retry.Exists || x.Read.Integer(retry["attempts"u8]) <= 0)
            return;
        var codes = new List<string>();
        var safe = new List<string>();
        foreach (var item in x.Read.Items(retry["codes"u8]))
        {
            if (x.Read.Integer(item) is { } code)
                (RetryPolicy.MayRepeatWork($"{code}") ? codes : safe).Add($"{code}");
        }
        if (codes.Count == 0 || rule.TakesOnlyMethods(x.Get(IdempotentMethods)) || rule.IsNamedBy(x.Get(ExemptRoutes)))
            return;
        var found = Shown.Clip(string.Join(", ", codes), 80);
        var instead =
            safe.Count > 0
                ? $"codes: [{Shown.Clip(string.Join(", ", safe), 80)}]"
                : "# leave codes out: connections that fail are tried again without them";
        x.Report(
            new Finding(retry["codes"u8], rule.Key, Told(x, found, codes.Count, rule))
            {
                Found = found,
                Limit = "codes that say that nothing was done, such as 429",
                Excess = codes.Count,
                Remedy =
                    instead
                    + "\n# or, where all its requests may run twice, in each entry of the rule's matches:\n"
                    + $"#   method: {x.Get(IdempotentMethods).FirstOrDefault("GET")}",
                AtMost = GuardAction.Warn,
            }
        );
    }

    private static string Told(Inspection x, string found, int count, SplitRoute route) =>
        $"{found} {(count == 1 ? "retries" : "retry")} what a server may have done already, that is allowed only for "
        + $"{string.Join(", ", x.Get(IdempotentMethods))}: {route.Title} takes writes too, which may then be done twice";

    private static Finding Unsafe(Inspection x, VirtualServiceRoute route, RetryPolicy retries, List<string> conditions)
    {
        var found = Shown.Clip(string.Join(", ", conditions), 80);
        return new Finding(retries.Node["retryOn"u8], route.Key, Told(x, found, conditions.Count, route))
        {
            Found = found,
            Limit = RetryPolicy.DefaultRetryOn,
            Excess = conditions.Count,
            Remedy =
                $"retryOn: {Safe(retries)}{(retries.PerTry is null ? "" : "   # leave perTryTimeout out, which these do not retry")}\n# or, "
                + $"where all its requests may run twice, in each entry of the route's match:\n#   method: {{regex: "
                + $"{Shown.Quote(string.Join('|', x.Get(IdempotentMethods)))}}}",
        };
    }

    /// <summary>Istio's own default, and what else was safe.</summary>
    private static string Safe(RetryPolicy retries)
    {
        var kept = retries.Conditions.Where(c => !RetryPolicy.MayRepeatWork(c) && c != "retriable-status-codes");
        return Shown.Clip(string.Join(',', RetryPolicy.DefaultRetryOn.Split(',').Union(kept, StringComparer.Ordinal)), 200);
    }
}
