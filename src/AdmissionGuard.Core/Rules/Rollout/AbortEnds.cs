using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>An abort takes all users back. See docs/facts/argo-rollouts.md#dynamic-stable-scale.</summary>
internal static class AbortEnds
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-abort-ends",
        Summary = "An abort must take all users back to the stable version.",
        Why =
            "With dynamicStableScale an abort lowers the weight only as the canary gives up pods, and the canary gives up pods only as the weight "
            + "falls. minPodsPerReplicaSet, or a first step setCanaryScale with abortScaleDownDelaySeconds 0, keeps pods that no weight of a step "
            + "asks for: then neither moves, and users stay on the aborted version. In Argo 1.9.0, 1.9.1 and 1.10.0-rc1 any "
            + "abortScaleDownDelaySeconds does the same (argo-rollouts utils/replicaset/canary.go, GetDesiredCanaryWeight; argo-rollouts#4898).",
        Remedy = "Set dynamicStableScale to false.",
        Kinds = [ObjectKind.Rollout],
        Reads = [ObjectKind.HorizontalPodAutoscaler],
        Refines = [ObjectKind.HorizontalPodAutoscaler],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var canary = x.Spec["strategy"u8]["canary"u8];
        var paths = AbortPaths.Of(x);
        var always = Worst(paths.InFixedVersions);
        var worst = always > 0 ? always : Worst(paths.InOtherVersions);
        if (worst <= 0)
            return;
        var version = always > 0 ? "" : " in Argo 1.9.0, 1.9.1 and 1.10.0-rc1";
        x.Report(
            new Finding(
                canary["dynamicStableScale"u8],
                "dynamicStableScale",
                $"dynamicStableScale stands beside {Cause(canary, always > 0, x.Read)}: an abort never ends{version}, and up to "
                    + $"{Shown.Percent(worst)} of users stay on the aborted version"
            )
            {
                Found = Shown.Percent(worst),
                Limit = "0 %",
                Excess = worst,
                Remedy = "dynamicStableScale: false",
                AtMost = always > 0 ? GuardAction.Deny : GuardAction.Warn,
                RestsOnAbsence = AutoscaledPlan.Of(x).RestsOnAbsence(x),
            }
        );
    }

    private static double Worst(IEnumerable<AbortPath> paths) => paths.Select(p => p.Rest).DefaultIfEmpty().Max();

    private static string Cause(Node canary, bool always, Reader read)
    {
        if (!always)
            return $"abortScaleDownDelaySeconds {Shown.Value(canary["abortScaleDownDelaySeconds"u8])}";
        return read.Integer(canary["minPodsPerReplicaSet"u8]) is >= 2 and var least
            ? $"minPodsPerReplicaSet {least}"
            : "a first step setCanaryScale and abortScaleDownDelaySeconds 0";
    }
}
