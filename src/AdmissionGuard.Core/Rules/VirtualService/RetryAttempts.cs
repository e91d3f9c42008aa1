using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>
/// Few retries, and as many as the author thinks. See docs/facts/istio.md#retries-off, docs/facts/gateway-api.md#retries and
/// docs/facts/operations-practice.md#retry-amplification.
/// </summary>
internal static class RetryAttempts
{
    private static readonly IntegerParameter MaxAttempts = new("maxAttempts", 3, 0, 20, "tries after the first");

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-retry-attempts",
        Summary = "A route must not retry more than a few times, and a retries block must say how often.",
        Why =
            "Each retry is one more request to a server that is failing already: with n attempts it gets n+1 times the load just when it can "
            + "bear least, and services in a chain multiply "
            + "(AWS Builders' Library: five layers of three tries are 243 times the load; OSDI 2022: retries sustain half of all metastable "
            + "failures). "
            + "A retries block without attempts is no default but 0: it switches retries off, those of the mesh too (Istio, HTTPRetry).",
        Remedy = "Keep attempts at 3 or less; write attempts: 0 where no retries are meant.",
        Kinds = [ObjectKind.VirtualService, ObjectKind.HttpRoute],
        Parameters = [MaxAttempts],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Routes)
        {
            if (!route.Forwards && !route.Delegates)
                continue;
            var retries = x.Read.Map(route.Node["retries"u8]);
            if (!retries.Exists)
                continue;
            if (!retries["attempts"u8].Exists)
            {
                if (!RefusedRetries.NeedsAttempts(retries))
                    x.Report(Unsaid(x, route, retries));
            }
            else if (x.Read.Integer(retries["attempts"u8]) is { } attempts && attempts > x.Get(MaxAttempts))
                x.Report(TooMany(x, route, retries, attempts));
        }
        foreach (var rule in x.Subject.Splits.OfType<HttpRouteRule>())
        {
            var retry = x.Read.Map(rule.Node["retry"u8]);
            if (rule.Forwards && x.Read.Integer(retry["attempts"u8]) is { } attempts && attempts > x.Get(MaxAttempts))
                x.Report(TooMany(x, rule, retry, attempts) with { AtMost = GuardAction.Warn });
        }
    }

    private static Finding TooMany(Inspection x, SplitRoute route, Node retries, long attempts) =>
        new(
            retries["attempts"u8],
            route.Key,
            $"{attempts} retries of each failed request, at most {x.Get(MaxAttempts)} are allowed: a failing server gets {attempts + 1.0:0} "
                + $"times the load"
        )
        {
            Found = $"{attempts}",
            Limit = $"{x.Get(MaxAttempts)}",
            Excess = attempts,
            Remedy = $"attempts: {x.Get(MaxAttempts)}",
        };

    /// <summary>Beside other settings Istio refuses it, which virtual-service-validity says.</summary>
    private static Finding Unsaid(Inspection x, VirtualServiceRoute route, Node retries) =>
        new(
            Place.Of(retries, "attempts"),
            $"{route.Key} unsaid",
            "retries has no attempts, which Istio reads as 0: retries are switched off, those of the mesh too"
        )
        {
            Remedy = $"attempts: {Math.Min(2, x.Get(MaxAttempts))}   # or 0 where none are meant",
            AtMost = GuardAction.Warn,
        };
}
