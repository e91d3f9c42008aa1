using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

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

    /// <summary>Ports are http unless their name says something else (Istio, protocol selection; flagger, portName).</summary>
    public static bool IsHttp(Node service)
    {
        var protocol = service["appProtocol"u8].Text is { Length: > 0 } named ? named : service["portName"u8].Text ?? "http";
        return protocol.StartsWith("http", StringComparison.OrdinalIgnoreCase) || protocol.StartsWith("grpc", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>For whom a map of the service's policy is written, as texts show it.</summary>
    public static string Whom(PolicyMap map) => map.Layer == PolicyLayer.Top ? "the service" : map.Whom("");

    public static Place PlaceOf(Node service, PolicyMap map, string path) =>
        map.Node.Exists ? Place.Below(map.Node, path) : new Place(service, "trafficPolicy/" + path);

    /// <summary>What is said of retries that may do a server's work twice; null where there are none.</summary>
    public static Finding? Repeating(RetryPolicy retries)
    {
        if (!(retries.Attempts > 0) || retries.Conditions.Where(RetryPolicy.MayRepeatWork).ToList() is not { Count: > 0 } repeating)
            return null;
        var found = Shown.Clip(string.Join(", ", repeating.Distinct()), 80);
        return new Finding(
            retries.Node["retryOn"u8],
            "retries",
            $"{found} {(repeating.Count == 1 ? "retries" : "retry")} what a server may have done already: writes may then be done twice"
        )
        {
            Found = found,
            Limit = RetryPolicy.DefaultRetryOn,
            Excess = repeating.Count,
            Remedy = $"retryOn: {RetryPolicy.DefaultRetryOn}",
        };
    }
}
