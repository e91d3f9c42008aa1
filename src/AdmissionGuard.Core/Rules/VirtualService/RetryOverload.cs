using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>
/// Retries keep away from a server that says it has too much to do, and do not carry its load to others. See docs/facts/envoy.md#retry-overload.
/// </summary>
internal static class RetryOverload
{
    private static readonly DurationParameter MinBackoff = new(
        "minBackoff",
        TimeSpan.FromMilliseconds(100),
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromSeconds(10),
        "the first pause before an overloaded server is tried again"
    );
    private static readonly IntegerParameter MaxRemoteAttempts = new(
        "maxRemoteAttempts",
        2,
        0,
        10,
        "tries after the first, where they may go to other regions"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-retry-overload",
        Summary = "Retries of an overloaded server should wait, and few of them should leave its region.",
        Why =
            "A server that answers resource-exhausted, 429 or envoy-ratelimited has too much to do; Envoy tries again after 25 ms on average, "
            + "and the retries keep the overload alive "
            + "(Envoy, router filter; OSDI 2022: retries sustain half of all metastable failures). With retryRemoteLocalities many tries carry "
            + "the load of one region to the next.",
        Remedy = "Set backoff to 100 ms or more, or leave those conditions out; keep attempts at 2 where retryRemoteLocalities is on.",
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.Rollout],
        LeavesAddedRoutes = true,
        Parameters = [MinBackoff, MaxRemoteAttempts],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Routes)
        {
            if (RetryPolicy.InForce(route, x.Read) is not { Attempts: { } attempts } retries)
                continue;
            if (retries.Conditions.FirstOrDefault(RetryPolicy.MeansOverload) is { } condition)
                Soon(x, route, retries, condition);
            if (attempts > x.Get(MaxRemoteAttempts) && x.Read.Boolean(retries.Node["retryRemoteLocalities"u8]) == true)
                x.Report(Remote(x, route, retries, attempts));
        }
    }

    private static void Soon(Inspection x, VirtualServiceRoute route, RetryPolicy retries, string condition)
    {
        var node = retries.Node["backoff"u8];
        var backoff = x.Read.Duration(node);
        if (backoff >= x.Get(MinBackoff) || (backoff is null && node.Exists))
            return;
        var least = Durations.Write(x.Get(MinBackoff));
        var found = backoff is { } set ? $"backoff is {Durations.Write(set)}" : "backoff is 25ms where none is written";
        x.Report(
            new Finding(
                Place.Of(retries.Node, "backoff"),
                $"{route.Key} backoff",
                $"{found}, at least {least} is needed beside {condition}: the retries hit a server that has too much to do already"
            )
            {
                Found = Durations.Write(backoff ?? TimeSpan.FromMilliseconds(25)),
                Limit = least,
                Excess = (x.Get(MinBackoff) - (backoff ?? TimeSpan.FromMilliseconds(25))).TotalMilliseconds,
                Remedy = $"backoff: {least}",
            }
        );
    }

    private static Finding Remote(Inspection x, VirtualServiceRoute route, RetryPolicy retries, long attempts) =>
        new(
            retries.Node["attempts"u8],
            $"{route.Key} remote",
            $"{attempts} retries beside retryRemoteLocalities, at most {x.Get(MaxRemoteAttempts)} are allowed: the overload of one region "
                + $"spreads to the others"
        )
        {
            Found = $"{attempts}",
            Limit = $"{x.Get(MaxRemoteAttempts)}",
            Excess = attempts,
            Remedy = $"attempts: {x.Get(MaxRemoteAttempts)}",
        };
}
