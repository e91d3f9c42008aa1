using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>Whether <c>trafficRouting</c> names something that splits users by weight (docs/facts/argo-rollouts.md#no-router).</summary>
internal static class TrafficRouter
{
    private static readonly string[] Known = ["istio", "nginx", "alb", "smi", "ambassador", "appMesh", "traefik", "apisix"];

    /// <param name="routing"><c>canary.trafficRouting</c>.</param>
    public static bool IsNamed(Node routing) =>
        routing.IsObject && (Array.Exists(Known, router => routing[router].Exists) || routing["plugins"u8].HasEntries);
}
