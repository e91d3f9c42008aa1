using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedDestinationRule"/> that is about a connection pool.</summary>
internal static class RefusedPool
{
    private static readonly string[] Counts =
    [
        "http1MaxPendingRequests",
        "http2MaxRequests",
        "maxRequestsPerConnection",
        "maxRetries",
        "maxConcurrentStreams",
    ];

    public static void Check(Node pool, Refusals to)
    {
        if (!to.Read.Map(pool).IsObject)
            return;
        if (!pool["http"u8].Exists && !pool["tcp"u8].Exists)
            to.Add(pool, "connectionPool", "connectionPool is empty, http or tcp is needed: remove it where no limits are meant");
        if (pool["http"u8].IsObject)
            Http(pool["http"u8], to);
        if (pool["tcp"u8].IsObject)
            Tcp(pool["tcp"u8], to);
    }

    private static void Http(Node http, Refusals to)
    {
        foreach (var key in Counts)
            to.NotNegative(http[key], key);
        to.Duration(http["idleTimeout"u8], "idleTimeout");
        if (http["h2UpgradePolicy"u8].IsText("UPGRADE"u8) && to.Read.Boolean(http["useClientProtocol"u8]) == true)
        {
            to.Add(
                http["useClientProtocol"u8],
                "useClientProtocol",
                "useClientProtocol is true beside h2UpgradePolicy UPGRADE, which exclude each other: remove one of them",
                "useClientProtocol: false"
            );
        }
        var alive = http["http2KeepAlive"u8];
        if (!alive.IsObject)
            return;
        foreach (var key in (string[])["interval", "timeout"])
        {
            if (alive[key].Exists)
                to.Duration(alive[key], key);
            else
                to.Add(new Place(alive, key), $"http2KeepAlive {key}", $"http2KeepAlive has no {key}, it is needed", $"{key}: 10s");
        }
    }

    private static void Tcp(Node tcp, Refusals to)
    {
        to.NotNegative(tcp["maxConnections"u8], "maxConnections");
        to.Duration(tcp["connectTimeout"u8], "connectTimeout");
        to.Duration(tcp["maxConnectionDuration"u8], "maxConnectionDuration");
        // Less than a millisecond switches it off.
        if (to.Read.Duration(tcp["idleTimeout"u8]) is { } idle && Math.Abs(idle.TotalMilliseconds) >= 1)
            to.Duration(tcp["idleTimeout"u8], "idleTimeout");
        to.Duration(tcp["tcpKeepalive"u8]["time"u8], "time");
        to.Duration(tcp["tcpKeepalive"u8]["interval"u8], "interval");
    }
}
