using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// Fields that Istio's VirtualService and DestinationRule have and <c>spec.service</c> of a Canary does not: whoever writes them there means them.
/// The API server drops them, and the controller those that only its types lack (docs/facts/flagger.md#service-schema). Paths begin at
/// <c>spec.service</c>.
/// </summary>
internal static class DroppedFields
{
    private static readonly string[] OfPolicy =
    [
        "connectionPool/tcp",
        "connectionPool/http/http2KeepAlive",
        "connectionPool/http/maxConcurrentStreams",
        "connectionPool/http/useClientProtocol",
        "loadBalancer/backendUtilization",
        "loadBalancer/consistentHash/httpCookie/attributes",
        "loadBalancer/consistentHash/maglev",
        "loadBalancer/consistentHash/ringHash",
        "loadBalancer/localityLbSetting/failoverPriority",
        "loadBalancer/warmup",
        "loadBalancer/zoneAwareLbSetting",
        "outlierDetection/outlierDetectionHttpErrorCodes",
        "portLevelSettings",
        "proxyProtocol",
        "retryBudget",
        "tls/caCrl",
        "tls/credentialName",
        "tls/insecureSkipVerify",
        "tunnel",
    ];

    private static readonly string[] OfRoute =
    [
        "corsPolicy/unmatchedPreflights",
        "delegate",
        "directResponse",
        "fault",
        "mirrorPercent",
        "mirrorPercentage",
        "mirrors",
        "redirect",
        "retries/backoff",
        "retries/retryIgnorePreviousHosts",
        "retries/retryRemoteLocalities",
        "rewrite/uriRegexRewrite",
        "route",
    ];

    /// <summary>The definition has them and the API server stores them.</summary>
    private static readonly string[] OfController = ["trafficPolicy/loadBalancer/consistentHash/httpQueryParameterName"];

    private static readonly string[] All = [.. OfPolicy.Select(p => "trafficPolicy/" + p), .. OfRoute, .. OfController];

    /// <summary>Those that a <c>spec.service</c> keeps and the controller drops, with their paths in it.</summary>
    public static IEnumerable<(string Path, Node At)> StoredIn(Node service)
    {
        foreach (var path in OfController)
        {
            if (Place.Below(service, path) is { Missing: null, Node: { Exists: true } at })
                yield return (path, at);
        }
    }

    /// <summary>Whether a value at this path of a <c>spec.service</c>, or below it, is dropped.</summary>
    public static bool Drops(string path)
    {
        foreach (var dropped in All)
        {
            if (path.StartsWith(dropped, StringComparison.Ordinal) && (path.Length == dropped.Length || path[dropped.Length] == '/'))
                return true;
        }
        return false;
    }
}
