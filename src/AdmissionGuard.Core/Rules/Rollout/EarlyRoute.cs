using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>A route of a header or mirror step has pods behind it. See docs/facts/argo-rollouts.md#early-routes.</summary>
internal static class EarlyRoute
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-early-route",
        Summary = "A header or mirror step must come after the new version has a pod.",
        Why =
            "While the new version has no available pod Argo removes its header and mirror routes at every look, so that a step before the first "
            + "setWeight or setCanaryScale above 0 routes nobody. As the first step its route is written after an abort, when the pods are gone: "
            + "who matches it gets 503 until the next release (argo-rollouts rollout/trafficrouting.go, reconcileTrafficRouting).",
        Remedy = "Begin with a setCanaryScale, then the header or mirror step.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static readonly string[] Routes = ["setHeaderRoute", "setMirrorRoute"];

    private static void Check(Inspection x)
    {
        var canary = x.Spec["strategy"u8]["canary"u8];
        if (!x.Subject.Plan.IsRouted)
            return;
        var most = x.Subject.Plan.MostWeight;
        // With any number of pods, so that a weight above 0 gets one.
        var pods = new CanaryPods(canary, 1, most, x.Read);
        var isFirst = true;
        foreach (var item in x.Read.Items(canary["steps"u8]))
        {
            var step = x.Read.Map(item);
            pods.Take(step);
            if (pods.At(pods.Weight ?? most) > 0)
                return;
            foreach (var kind in Routes)
            {
                // Without a match the step takes a route away.
                if (step[kind]["match"u8].Count > 0)
                    x.Report(TooEarly(step[kind], kind, isFirst));
            }
            isFirst = false;
        }
    }

    private static Finding TooEarly(Node route, string kind, bool isFirst)
    {
        var name = Shown.Quote(Shown.Clip(route["name"u8].Text ?? "", 60));
        var after = isFirst ? ", and after an abort the route comes back and points at pods that are gone" : "";
        return new Finding(
            route,
            $"{kind} {route["name"u8].Text}",
            $"{kind} {name} stands before the new version has a pod: Argo removes the route at every look, so that it routes nobody{after}"
        )
        {
            Whole = "steps",
            Excess = isFirst ? 2 : 1,
            Remedy = "- setCanaryScale: {replicas: 1}   # before this step",
        };
    }
}
