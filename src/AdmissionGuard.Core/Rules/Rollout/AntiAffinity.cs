using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>The new version finds nodes to run on. See docs/facts/argo-rollouts.md#anti-affinity.</summary>
internal static class AntiAffinity
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-anti-affinity",
        Summary = "Keeping the versions' pods on different nodes should be preferred, not required.",
        Why =
            "A required antiAffinity leaves the new version's pods pending wherever every node has a pod of the old one, as on small "
            + "clusters: the rollout is stuck before its first step "
            + "(argo-rollouts docs, features/anti-affinity).",
        Remedy = "Use preferredDuringSchedulingIgnoredDuringExecution with a weight, or see to it that the cluster scales up.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Audit,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var strategy in (string[])["canary", "blueGreen"])
        {
            var affinity = x.Spec["strategy"u8][strategy]["antiAffinity"u8];
            var required = affinity["requiredDuringSchedulingIgnoredDuringExecution"u8];
            if (!required.Exists)
                continue;
            x.Report(
                new Finding(
                    required,
                    strategy,
                    "the versions' pods are required to run on different nodes: where every node has one of the old version, the new one "
                        + "waits for ever"
                )
                {
                    Found = "required",
                    Limit = "preferred",
                    Excess = 1,
                    Remedy = "preferredDuringSchedulingIgnoredDuringExecution: {weight: 100}",
                }
            );
        }
    }
}
