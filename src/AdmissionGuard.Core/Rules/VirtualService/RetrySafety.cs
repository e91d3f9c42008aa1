using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>VS-010 of the catalogue: what a server may have done already is tried again only where that is harmless.</summary>
internal static class RetrySafety
{
    private static readonly NamesParameter IdempotentMethods = new("idempotentMethods", "methods whose requests may run twice, in capitals; add PUT and DELETE where services keep to HTTP", "GET", "HEAD", "OPTIONS");
    private static readonly NamesParameter ExemptRoutes = new("exemptRoutes", "names of routes whose every request may run twice; * allowed");

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-retry-safety",
        Summary = "A route that takes writes must retry only what no server can have done already.",
        Why = "Most conditions (5xx, gateway-error, reset, retriable-4xx, a status, internal, deadline-exceeded) also retry requests that the server has worked on: an order is placed twice, a card charged twice "
            + "(Envoy, router filter: reset is also an answer that came too late). Istio took 503 out of its own default in 1.24 for this reason. "
            + "Safe are connect-failure, refused-stream, reset-before-request, unavailable and cancelled.",
        Remedy = "Leave the unsafe conditions out, or give requests that may run twice a route of their own with a match on their methods.",
        Kinds = [ObjectKind.VirtualService],
        Parameters = [IdempotentMethods, ExemptRoutes],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Routes)
        {
            if ((!route.Forwards && !route.Delegates) || !route.Node["retries"u8].Exists || route.Node["fault"u8].Exists) continue;
            var retries = new RetryPolicy(route, x.Read);
            if (!retries.IsReadable || retries.Attempts is null or <= 0) continue;
            var @unsafe = retries.Conditions.Where(RetryPolicy.MayRepeatWork).Distinct().ToList();
            if (@unsafe.Count == 0 || route.Conditions.TakesOnlyMethods(x.Get(IdempotentMethods)) || route.IsNamedBy(x.Get(ExemptRoutes))) continue;
            x.Report(Unsafe(x, route, retries, @unsafe));
        }
    }

    private static Finding Unsafe(Inspection x, VirtualServiceRoute route, RetryPolicy retries, List<string> conditions)
    {
        var found = Shown.Clip(string.Join(", ", conditions), 80);
        var effect = conditions.Count == 1 ? "retries" : "retry";
        return new Finding(retries.Node["retryOn"u8], route.Key, $"{found} {effect} what a server may have done already, that is allowed only for {string.Join(", ", x.Get(IdempotentMethods))}: {route.Title} takes writes too, which may then be done twice")
        {
            Found = found,
            Limit = RetryPolicy.DefaultRetryOn,
            Excess = conditions.Count,
            Remedy = $"retryOn: {Safe(retries)}{(retries.PerTry is null ? "" : "   # leave perTryTimeout out, which these do not retry")}\n# or, where all its requests may run twice, in each entry of the route's match:\n#   method: {{regex: {Shown.Quote(string.Join('|', x.Get(IdempotentMethods)))}}}",
        };
    }

    /// <summary>Istio's own default, and what else was safe.</summary>
    private static string Safe(RetryPolicy retries)
    {
        var kept = retries.Conditions.Where(c => !RetryPolicy.MayRepeatWork(c) && c != "retriable-status-codes");
        return Shown.Clip(string.Join(',', RetryPolicy.DefaultRetryOn.Split(',').Union(kept, StringComparer.Ordinal)), 200);
    }
}
