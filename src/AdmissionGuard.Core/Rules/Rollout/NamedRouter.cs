using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>trafficRouting routes traffic. See docs/facts/argo-rollouts.md#no-router.</summary>
internal static class NamedRouter
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-named-router",
        Summary = "trafficRouting must name a router that Argo knows.",
        Why =
            "Argo knows istio, nginx, alb, smi, ambassador, appMesh, traefik, apisix and plugins. With any other name, or none, it writes no "
            + "weights and says nothing: stable keeps all its pods, the canary comes beside them, and its share of users is its share of pods. "
            + "The Gateway API is a plugin, argoproj-labs/gatewayAPI (argo-rollouts rollout/trafficrouting.go, NewTrafficRoutingReconciler).",
        Remedy = "Name the router; for the Gateway API write plugins with argoproj-labs/gatewayAPI below it.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var routing = x.Spec["strategy"u8]["canary"u8]["trafficRouting"u8];
        if (!routing.IsObject || TrafficRouter.IsNamed(routing))
            return;
        var gateway = routing["gatewayAPI"u8];
        var found = gateway.Exists ? "gatewayAPI, which is a plugin" : "no router";
        x.Report(
            new Finding(
                routing,
                "router",
                $"trafficRouting names {found}: Argo writes no weights, and the new version's share of users is its share of pods"
            )
            {
                Excess = 1,
                Remedy = gateway.IsObject ? Plugin(gateway) : null,
            }
        );
    }

    private static string Plugin(Node gateway)
    {
        var lines = "trafficRouting:\n  plugins:\n    argoproj-labs/gatewayAPI:";
        foreach (var key in (string[])["httpRoute", "namespace"])
        {
            if (gateway[key].Text is { Length: > 0 } value)
                lines += $"\n      {key}: {Shown.Quote(Shown.Clip(value, 60))}";
        }
        return lines;
    }
}
