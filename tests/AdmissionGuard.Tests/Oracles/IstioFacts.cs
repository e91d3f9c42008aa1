using System.Text.Json;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>What the clusters of <c>tests/oracle/istio</c> say, read as Envoy acts on it.</summary>
internal static class IstioFacts
{
    /// <summary>An unset threshold for 5xx is 5, gateway errors count where they are enforced, split local errors always.</summary>
    public static bool CanFire(JsonElement detection) =>
        detection.ValueKind == JsonValueKind.Object
        && (
            Number(detection, "enforcing5xx", 100) > 0
            || Number(detection, "enforcingGateway", 0) > 0
            || (detection.TryGetProperty("splitLocal", out var split) && split.GetBoolean() && Number(detection, "enforcingLocal", 100) > 0)
        );

    public static double Number(JsonElement map, string key, double absent) => map.TryGetProperty(key, out var value) ? value.GetDouble() : absent;
}
