using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>Tries that the timeout of a rule of an HTTPRoute cuts off, and how that is said of any route.</summary>
internal static class HttpRouteRetries
{
    /// <summary>0s is no timeout.</summary>
    public static Finding? CutOff(HttpRouteRule rule, Reader read)
    {
        var timeouts = read.Map(rule.Node["timeouts"u8]);
        var retry = read.Map(rule.Node["retry"u8]);
        if (!rule.Forwards || !retry.Exists || AttemptsOf(retry, read) is not { } attempts || attempts <= 0)
            return null;
        if (read.Duration(timeouts["request"u8]) is not { } request || read.Duration(timeouts["backendRequest"u8]) is not { } each)
            return null;
        var take = (1 + (double)attempts) * each.TotalSeconds;
        if (request <= TimeSpan.Zero || each <= TimeSpan.Zero || take <= request.TotalSeconds)
            return null;
        return new Finding(timeouts["backendRequest"u8], $"{rule.Key} cut off", CutOff(attempts, each, take, request))
        {
            Found = Shown(take),
            Limit = Durations.Write(request),
            Excess = take - request.TotalSeconds,
            Remedy = $"backendRequest: {Durations.Write(RetryPolicy.ShareOf(request, attempts))}",
            AtMost = GuardAction.Warn,
        };
    }

    /// <summary>Absent ones are Istio's default (docs/facts/gateway-api.md#retries).</summary>
    private static long? AttemptsOf(Node retry, Reader read) =>
        retry["attempts"u8].Exists ? read.Integer(retry["attempts"u8]) : RouteEffect.DefaultAttempts;

    /// <param name="attempts">After the first try.</param>
    /// <param name="each">For one try; null as zero.</param>
    /// <param name="take">All tries, in seconds.</param>
    /// <param name="timeout">For the whole request; null as zero.</param>
    public static string CutOff(long attempts, TimeSpan? each, double take, TimeSpan? timeout) =>
        $"{1 + (double)attempts:0} tries of {Durations.Write(each ?? TimeSpan.Zero)} take {Shown(take)}, the timeout allows "
        + $"{Durations.Write(timeout ?? TimeSpan.Zero)}: the last tries never finish";

    public static string Shown(double seconds) => Durations.Write(TimeSpan.FromSeconds(Math.Min(seconds, 9e11)));
}
