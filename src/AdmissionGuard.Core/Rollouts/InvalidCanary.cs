using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// The part of <see cref="InvalidSpec"/> that is about <c>strategy.canary</c> (argo-rollouts validation.go, ValidateRolloutStrategyCanary).
/// </summary>
internal static class InvalidCanary
{
    /// <summary>Those that reach the versions by their Services, whatever else is set.</summary>
    private static readonly string[] ByServices = ["smi", "apisix", "ambassador", "nginx", "appMesh", "traefik"];

    public static IEnumerable<Finding> Of(Node canary, string name, long mostWeight, Reader read)
    {
        var routing = canary["trafficRouting"u8];
        if (routing.Exists && !routing.IsObject)
            yield break;
        if (BasicCanary.Amount(canary["maxSurge"u8], read) == 0 && BasicCanary.Amount(canary["maxUnavailable"u8], read) == 0)
        {
            yield return InvalidSpec.Fault(
                canary["maxSurge"u8],
                "maxSurge",
                "maxSurge and maxUnavailable are both 0, one of them must be more",
                "maxSurge: 25%"
            );
        }
        foreach (var fault in Services(canary, name, routing, read))
            yield return fault;
        foreach (var fault in Scaling(canary, routing, read))
            yield return fault;
        if (routing["istio"u8] is { IsObject: true } istio && istio["virtualService"u8].Exists == istio["virtualServices"u8].Count > 0)
        {
            var found = istio["virtualService"u8].Exists ? "both virtualService and virtualServices" : "neither virtualService nor virtualServices";
            yield return InvalidSpec.Fault(
                istio,
                "istio",
                $"istio names {found}, exactly one is allowed",
                istio["virtualService"u8].Exists ? null : $"virtualService:\n  name: {name}"
            );
        }
        foreach (var fault in Ingresses(routing))
            yield return fault;
        var scaled = false;
        foreach (var item in read.Items(canary["steps"u8]))
        {
            var step = read.Map(item);
            if (!step.IsObject)
                continue;
            if (!routing.Exists && !scaled && step["setCanaryScale"u8].Exists)
            {
                scaled = true;
                yield return InvalidSpec.Fault(
                    step["setCanaryScale"u8],
                    "setCanaryScale",
                    "setCanaryScale stands in a canary without trafficRouting, it needs one"
                );
            }
            foreach (var fault in InvalidStep.Of(step, routing, mostWeight, read))
                yield return fault;
        }
        if (InvalidSpec.AntiAffinity(canary["antiAffinity"u8], read) is { } affinity)
            yield return affinity;
    }

    private static IEnumerable<Finding> Services(Node canary, string name, Node routing, Reader read)
    {
        var stable = canary["stableService"u8];
        var fresh = canary["canaryService"u8];
        if (stable.Text is { Length: > 0 } same && same == fresh.Text)
        {
            yield return InvalidSpec.Fault(
                fresh,
                "same services",
                $"stableService and canaryService are both {Quoted(same)}, two Services are needed",
                $"canaryService: {name}-canary"
            );
        }
        if (NeedsServices(canary, routing) is { } router)
        {
            if (IsEmpty(stable, read))
                yield return Missing(canary, "stableService", router, name);
            if (IsEmpty(fresh, read))
                yield return Missing(canary, "canaryService", router, name);
        }
        var both = read.Map(canary["pingPong"u8]);
        if (!both.IsObject)
            yield break;
        if (routing.Exists && !routing["alb"u8].Exists && !routing["istio"u8].Exists && !HasPlugins(routing))
        {
            yield return InvalidSpec.Fault(
                both,
                "pingPong router",
                "pingPong stands beside a traffic router that cannot do it, alb, istio or a plugin is needed"
            );
        }
        if (IsEmpty(both["pingService"u8], read))
            yield return Missing(both, "pingService", "pingPong", name);
        if (IsEmpty(both["pongService"u8], read))
            yield return Missing(both, "pongService", "pingPong", name);
        if (both["pingService"u8].Text is { Length: > 0 } ping && ping == both["pongService"u8].Text)
        {
            yield return InvalidSpec.Fault(
                both["pongService"u8],
                "same pingPong",
                $"pingService and pongService are both {Quoted(ping)}, two Services are needed",
                $"pongService: {name}-pong"
            );
        }
        if (routing["alb"u8].IsObject && IsEmpty(routing["alb"u8]["rootService"u8], read))
            yield return Missing(routing["alb"u8], "rootService", "pingPong with alb", name);
    }

    /// <summary>One Ingress or several, of one field (argo-rollouts rollout/controller.go, getRolloutReferencedResources).</summary>
    private static IEnumerable<Finding> Ingresses(Node routing)
    {
        foreach (
            var (router, one, several) in ((string, string, string)[])[("alb", "ingress", "ingresses"), ("nginx", "stableIngress", "stableIngresses")]
        )
        {
            var at = routing[router];
            var isOne = at[one].Text is { Length: > 0 };
            if (!at.IsObject || isOne != at[several].Exists)
                continue;
            yield return InvalidSpec.Fault(
                at,
                $"{router} ingress",
                $"{router} names {(isOne ? "both" : "neither")} {one} {(isOne ? "and" : "nor")} {several}, exactly one is allowed"
            );
        }
    }

    private static string? NeedsServices(Node canary, Node routing)
    {
        var paired = canary["pingPong"u8].Exists;
        if (routing["alb"u8].Exists && !paired)
            return "alb";
        if (routing["istio"u8].Exists && !routing["istio"u8]["destinationRule"u8].Exists && !paired)
            return "istio without destinationRule";
        return Array.Find(ByServices, router => routing[router].Exists);
    }

    private static IEnumerable<Finding> Scaling(Node canary, Node routing, Reader read)
    {
        var delay = canary["scaleDownDelaySeconds"u8];
        var isDynamic = read.Boolean(canary["dynamicStableScale"u8]) == true;
        if (!routing.Exists)
        {
            if (delay.Exists)
                yield return InvalidSpec.Fault(
                    delay,
                    "scaleDownDelaySeconds",
                    "scaleDownDelaySeconds stands in a canary without trafficRouting, it needs one"
                );
            if (isDynamic)
                yield return InvalidSpec.Fault(
                    canary["dynamicStableScale"u8],
                    "dynamicStableScale",
                    "dynamicStableScale stands in a canary without trafficRouting, it needs one"
                );
            yield break;
        }
        if (delay.Exists && isDynamic)
        {
            yield return InvalidSpec.Fault(
                delay,
                "scaleDownDelaySeconds",
                "scaleDownDelaySeconds stands beside dynamicStableScale, one of them is allowed"
            );
        }
        var most = routing["maxTrafficWeight"u8];
        if (!most.Exists || routing["nginx"u8].Exists || HasPlugins(routing))
            yield break;
        yield return InvalidSpec.Fault(
            most,
            "maxTrafficWeight",
            $"maxTrafficWeight is {Shown.Value(most)}, only nginx and plugins can weigh out of another number than 100"
        );
    }

    internal static bool HasPlugins(Node routing) => routing["plugins"u8].HasEntries;

    private static bool IsEmpty(Node service, Reader read) => !service.Exists || read.Text(service)?.Length == 0;

    private static Finding Missing(Node parent, string key, string router, string name) =>
        InvalidSpec.Fault(Place.Of(parent, key), key, $"{key} is missing, {router} needs it", $"{key}: {name}-{key[..^"Service".Length]}");

    private static string Quoted(string name) => Shown.Quote(Shown.Clip(name, 60));
}
