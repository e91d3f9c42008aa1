using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>
/// Timeout, perTryTimeout and retryOn must fit together. See docs/facts/envoy.md#route-timeout and docs/facts/envoy.md#per-try-timeout.
/// </summary>
internal static class RetryBudget
{
    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-retry-budget",
        Summary = "The tries of a request must fit into its timeout, and a try that times out must be one that is retried.",
        Why =
            "The timeout of a route spans all its tries, the pauses between them included: a perTryTimeout as long as the timeout never lets "
            + "a retry happen, and tries that do not fit are cut off while they work. "
            + "Only 5xx, gateway-error and reset retry a try that timed out; with other conditions, Istio's default among them, perTryTimeout "
            + "is the request's real timeout, and users get 504 "
            + "after the first slow try (Envoy, router filter and retry_state_impl.cc).",
        Remedy =
            "Choose timeout at least (1 + attempts) times perTryTimeout, in an HTTPRoute timeouts.request that many times "
            + "timeouts.backendRequest; leave perTryTimeout out where retryOn does not retry timeouts.",
        Kinds = [ObjectKind.VirtualService, ObjectKind.HttpRoute],
        Reads = [ObjectKind.Rollout],
        LeavesAddedRoutes = true,
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Routes)
        {
            if (RetryPolicy.OfMesh(route, x.Settings.Mesh.DefaultHttpRetryPolicy, x.Read) is { } ofMesh)
            {
                if (Judged(x, route, ofMesh) is { } inherited)
                    x.Report(MeshRetries.Inherited(route, inherited));
            }
            else if ((route.Forwards || route.Delegates) && route.Node["retries"u8].Exists)
            {
                if (Judged(x, route, route.Retries(x.Read)) is { } own)
                    x.Report(own);
            }
        }
        foreach (var rule in x.Subject.Splits.OfType<HttpRouteRule>())
        {
            if (HttpRouteRetries.CutOff(rule, x.Read) is { } cutOff)
                x.Report(cutOff);
        }
    }

    private static Finding? Judged(Inspection x, VirtualServiceRoute route, RetryPolicy retries)
    {
        if (!retries.IsReadable || retries.Attempts <= 0)
            return null;
        if (retries.PerTry >= retries.Timeout)
            return Useless(route, retries);
        if (retries.Attempts is null)
            return null;
        if (retries.PerTry is not null && !retries.RetriesTimeouts)
            return NotRetried(route, retries);
        if (retries.TriesTake > retries.Timeout?.TotalSeconds)
            return CutOff(route, retries);
        var isEndless = retries is { PerTry: null, Timeout: null, RetriesTimeouts: true } && route.Forwards && x.Spec["hosts"u8].Count > 0;
        return isEndless ? Endless(route, retries) : null;
    }

    private static Finding Useless(VirtualServiceRoute route, RetryPolicy retries) =>
        new(
            retries.Node["perTryTimeout"u8],
            $"{route.Key} useless",
            $"perTryTimeout is {Shown(retries.PerTry)}, and the whole request ends after {Shown(retries.Timeout)}: a try that times out is never "
                + "tried again, only one that fails sooner is"
        )
        {
            AtMost = GuardAction.Warn,
            Found = Shown(retries.PerTry),
            Limit = Shown(retries.Timeout),
            Excess = retries.PerTry!.Value / retries.Timeout!.Value,
            Remedy = Fitting(retries),
        };

    private static Finding CutOff(VirtualServiceRoute route, RetryPolicy retries) =>
        new(
            retries.Node["perTryTimeout"u8],
            $"{route.Key} cut off",
            HttpRouteRetries.CutOff(retries.Attempts ?? 0, retries.PerTry, retries.TriesTake, retries.Timeout)
        )
        {
            Found = HttpRouteRetries.Shown(retries.TriesTake),
            Limit = Shown(retries.Timeout),
            Excess = retries.TriesTake - retries.Timeout!.Value.TotalSeconds,
            Remedy = Fitting(retries),
            AtMost = GuardAction.Warn,
        };

    private static Finding NotRetried(VirtualServiceRoute route, RetryPolicy retries) =>
        new(
            retries.Node["perTryTimeout"u8],
            $"{route.Key} not retried",
            $"perTryTimeout {Shown(retries.PerTry)} ends the whole request, nothing retries it: retryOn has none of 5xx, gateway-error and reset"
        )
        {
            Found = Shown(retries.PerTry),
            Excess = 1 / retries.PerTry!.Value.TotalSeconds,
            Remedy =
                $"timeout: {Shown(retries.PerTry)}   # says what happens today; leave perTryTimeout out\n# or, where a request may safely run "
                + $"twice:\n#   retryOn: gateway-error,connect-failure,refused-stream",
            AtMost = GuardAction.Warn,
        };

    private static Finding Endless(VirtualServiceRoute route, RetryPolicy retries) =>
        new(
            Place.Of(retries.Node, "perTryTimeout"),
            $"{route.Key} endless",
            "no perTryTimeout and no timeout beside retries of timeouts, one of them is needed: a try that hangs never ends and is never retried"
        )
        {
            Remedy = $"timeout: {HttpRouteRetries.Shown(2 * (1 + (double)retries.Attempts!.Value))}\nretries:\n  perTryTimeout: 2s",
            AtMost = GuardAction.Warn,
        };

    private static string Fitting(RetryPolicy retries) =>
        $"perTryTimeout: {Shown(RetryPolicy.ShareOf(retries.Timeout!.Value, retries.Attempts ?? 1))}";

    private static string Shown(TimeSpan? duration) => Durations.Write(duration ?? TimeSpan.Zero);
}
