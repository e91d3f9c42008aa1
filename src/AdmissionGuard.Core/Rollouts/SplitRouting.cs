using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// The HTTPRoutes and the TrafficSplit whose weights a Rollout writes: by Argo's Gateway API plugin, or by <c>trafficRouting.smi</c>.
/// </summary>
internal static class SplitRouting
{
    private const string GatewayApi = "argoproj-labs/gatewayAPI";

    public static IEnumerable<ObjectKey> Of(Node rollout, string @namespace)
    {
        var routing = rollout["spec"u8]["strategy"u8]["canary"u8]["trafficRouting"u8];
        var plugin = routing["plugins"u8][GatewayApi];
        var home = plugin["namespace"u8].Text is { Length: > 0 } other ? other : @namespace;
        if (plugin["httpRoute"u8].Text is { Length: > 0 } one)
            yield return new ObjectKey(ObjectKind.HttpRoute, home, one);
        foreach (var item in plugin["httpRoutes"u8].Items)
        {
            if (item["name"u8].Text is { Length: > 0 } name)
                yield return new ObjectKey(ObjectKind.HttpRoute, home, name);
        }
        var smi = routing["smi"u8];
        if (!smi.IsObject)
            yield break;
        // the Rollout's own by default (docs/facts/argo-rollouts.md#split-routing)
        var split = smi["trafficSplitName"u8].Text is { Length: > 0 } named ? named : rollout["metadata"u8]["name"u8].Text;
        if (split is { Length: > 0 })
            yield return new ObjectKey(ObjectKind.TrafficSplit, @namespace, split);
    }
}
