using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// What moves a Canary's users, by its <c>provider</c>: what each router of Flagger can do and what it leaves out without a word
/// (docs/facts/flagger.md#routers).
/// </summary>
internal readonly struct CanaryRouter(Node spec)
{
    /// <summary>As written; empty where the controller's flag decides.</summary>
    public string Provider => spec["provider"u8].Text ?? "";

    /// <summary>By Services alone, so that weights mean nothing.</summary>
    public bool IsUnrouted => Provider == "kubernetes";

    public bool IsGatewayApi => Provider.StartsWith("gatewayapi", StringComparison.Ordinal);

    /// <summary>By a TrafficSplit.</summary>
    public bool IsSmi => Provider is "linkerd" or "osm" || Provider.StartsWith("smi", StringComparison.Ordinal);

    /// <summary>Named, or taken for it where nothing is named: the controller's default flag.</summary>
    public bool IsIstio => Provider is "" or "istio";

    /// <summary>Istio's router then makes a route of <c>tcp</c>, which has no conditions of requests, mirror or cookies.</summary>
    public bool IsTcp => IsIstio && string.Equals(spec["service"u8]["appProtocol"u8].Text, "tcp", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it makes a route of its own for requests that match.</summary>
    public bool KnowsMatch =>
        !IsTcp && (IsIstio || IsGatewayApi || Provider is "nginx" or "contour" or "gloo" || Provider.StartsWith("appmesh", StringComparison.Ordinal));

    /// <summary>Whether it gives users a cookie that keeps them on a version.</summary>
    public bool KnowsAffinity => (IsIstio && !IsTcp) || IsGatewayApi;

    /// <summary>
    /// Whether it sees that requests are mirrored before the first weight. Others see none for ever, and mirror again at each interval: of Istio's
    /// too where a route for cookies stands before the one with the mirror (flagger pkg/router/istio.go, GetRoutes).
    /// </summary>
    /// <param name="hasAffinity">Whether the analysis has a sessionAffinity.</param>
    public bool SeesMirror(bool hasAffinity) => IsIstio && !IsTcp && !hasAffinity;

    /// <summary>For texts: <c>provider linkerd</c>, <c>a TCP service</c>.</summary>
    public string Title => IsTcp ? "a TCP service" : $"provider {Named}";

    private string Named => Provider.Length == 0 ? "istio" : Shown.Clip(Provider, 40);
}
