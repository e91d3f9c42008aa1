using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>The <c>spec.service</c> of a Canary, from which Flagger makes objects of Istio (docs/facts/flagger.md#generated-objects).</summary>
internal static class CanaryService
{
    /// <summary>
    /// Where no provider is named, the controller's flag decides, which nobody knows here; gateways and a trafficPolicy are Istio's own.
    /// </summary>
    /// <param name="byDefault">Whether the controller's flag is taken for Istio.</param>
    public static bool IsForIstio(Node spec, Node service, bool byDefault)
    {
        if (spec["provider"u8].IsText("istio"u8))
            return true;
        var mayBe = spec["provider"u8].Text is null or "" or "istio";
        return mayBe && (byDefault || service["trafficPolicy"u8].Exists || service["gateways"u8].Exists);
    }

    /// <summary>False where no provider is named, nor anything that only Istio's router reads: then it is taken for Istio, as advice.</summary>
    public static bool IsRouterKnown(Node spec) =>
        spec["provider"u8].Text is { Length: > 0 } || IsForIstio(spec, spec["service"u8], byDefault: false);

    /// <summary>Ports are http unless their name says something else (Istio, protocol selection; flagger, portName).</summary>
    public static bool IsHttp(Node service)
    {
        var protocol = service["appProtocol"u8].Text is { Length: > 0 } named ? named : service["portName"u8].Text ?? "http";
        return protocol.StartsWith("http", StringComparison.OrdinalIgnoreCase) || protocol.StartsWith("grpc", StringComparison.OrdinalIgnoreCase);
    }

    public static Place PlaceOf(Node service, PolicyMap map, string path) =>
        map.Node.Exists ? Place.Below(map.Node, path) : new Place(service, "trafficPolicy/" + path);
}
