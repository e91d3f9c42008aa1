using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.GatewayApi;

/// <summary>A filter that copies the requests of a rule (docs/facts/gateway-api.md#mirror-filter).</summary>
/// <param name="Filter">The whole filter.</param>
/// <param name="Percent">100 where nothing is said.</param>
internal readonly record struct HttpRouteMirror(Node Filter, Destination Destination, double Percent)
{
    /// <summary>As a mirror of a VirtualService is told.</summary>
    public RouteMirror Written
    {
        get
        {
            var mirror = Filter["requestMirror"u8];
            var share = mirror["fraction"u8].Exists ? mirror["fraction"u8] : mirror["percent"u8];
            return new RouteMirror(Filter, mirror["backendRef"u8], share, "percent", mirror);
        }
    }

    public static IEnumerable<HttpRouteMirror> Of(Node rule, KubeObject of)
    {
        foreach (var filter in rule["filters"u8].Items)
        {
            var mirror = filter["requestMirror"u8];
            if (!mirror.Exists || BackendHost.Of(mirror["backendRef"u8], of.Namespace, of.Settings.ClusterDomain) is not { } host)
                continue;
            var port = new Reader().Integer(mirror["backendRef"u8]["port"u8]);
            yield return new HttpRouteMirror(filter, new Destination(host, null, port), PercentOf(mirror));
        }
    }

    /// <summary>A fraction counts before a percent.</summary>
    private static double PercentOf(Node mirror)
    {
        var read = new Reader();
        if (mirror["fraction"u8] is { Exists: true } fraction)
            return 100 * (read.Number(fraction["numerator"u8]) ?? 0) / (read.Number(fraction["denominator"u8]) ?? 100);
        return read.Number(mirror["percent"u8]) ?? 100;
    }
}
