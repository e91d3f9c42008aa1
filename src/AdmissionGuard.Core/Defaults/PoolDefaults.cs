using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;

namespace AdmissionGuard.Core.Defaults;

/// <summary>The limits of a connection pool that rules inject, with the parameters that set them.</summary>
internal static class PoolDefaults
{
    private static readonly IntegerParameter Connections = Injected(PoolLimit.Connections, "injected: TCP connections of one proxy to the host");
    private static readonly IntegerParameter Pending = Injected(
        PoolLimit.Pending,
        "injected: requests that wait for a connection, HTTP/1.1 and HTTP/2"
    );
    private static readonly IntegerParameter Requests = Injected(PoolLimit.Requests, "injected: requests in flight, HTTP/1.1 and HTTP/2");
    private static readonly IntegerParameter Retries = Injected(PoolLimit.Retries, "injected: retries in flight, where no retryBudget is set");

    /// <summary>Of every rule that injects the limits.</summary>
    public static readonly Parameter[] Parameters = [Connections, Pending, Requests, Retries];

    /// <summary>Of a rule that injects the limits of HTTP alone.</summary>
    public static readonly Parameter[] HttpParameters = [Pending, Requests, Retries];

    /// <summary>With what is injected, by the parameters of the rule that runs.</summary>
    public static (PoolLimit Limit, int Value)[] Limits(Inspection x) => [(PoolLimit.Connections, x.Get(Connections)), .. HttpLimits(x)];

    /// <summary>As <see cref="Limits"/>, of HTTP alone.</summary>
    public static (PoolLimit Limit, int Value)[] HttpLimits(Inspection x) =>
        [(PoolLimit.Pending, x.Get(Pending)), (PoolLimit.Requests, x.Get(Requests)), (PoolLimit.Retries, x.Get(Retries))];

    private static IntegerParameter Injected(PoolLimit limit, string description) => new(limit.Field, limit.Usual, 1, 1_000_000, description);
}
