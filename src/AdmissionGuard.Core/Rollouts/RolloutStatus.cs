using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>What a stored Rollout's status says of its progress.</summary>
internal readonly struct RolloutStatus(Node status)
{
    /// <summary>Aborted, Degraded, or with two versions serving: in the middle of a rollout.</summary>
    public bool InTrouble => IsAborted || status["phase"u8].IsText("Degraded"u8) || IsProgressing;

    public bool IsAborted => status["abort"u8].Kind == System.Text.Json.JsonValueKind.True;

    /// <summary>The index of the step that is being carried out; null where the status does not say.</summary>
    public long? Step => status["currentStepIndex"u8].TryGetInt64(out var index) ? index : null;

    /// <summary>All users are on one version, and the status says so.</summary>
    public bool IsAtRest => status["stableRS"u8].Text is { Length: > 0 } && !InTrouble;

    /// <summary>The stable ReplicaSet is not the one of the current template.</summary>
    public bool IsProgressing
    {
        get
        {
            var stable = status["stableRS"u8].Text ?? "";
            var current = status["currentPodHash"u8].Text ?? "";
            return stable.Length > 0 && current.Length > 0 && stable != current;
        }
    }

    /// <summary>
    /// Percent of users on the new version as Argo last wrote it into a router; null without one (argo-rollouts rollout/trafficrouting.go).
    /// </summary>
    public double? WrittenShare(long mostWeight) =>
        status["canary"u8]["weights"u8]["canary"u8]["weight"u8].TryGetDouble(out var number) ? 100.0 * number / mostWeight : null;

    /// <summary>
    /// Percent of users on the new version in the middle of a canary: the last weight at or before the current step, 0 before the first, 100 past the
    /// last step
    /// (argo-rollouts utils/replicaset/canary.go, GetCurrentSetWeight). Null where the status does not say.
    /// </summary>
    public double? ShareOf(Node canary, long mostWeight)
    {
        if (Step is not { } index)
            return null;
        var steps = canary["steps"u8];
        if (index >= steps.Count)
            return 100;
        var at = 0L;
        var share = 0.0;
        foreach (var item in steps.Items)
        {
            if (at++ > index)
                break;
            var weight = item["setWeight"u8];
            if (weight.TryGetInt64(out var number))
                share = 100.0 * Math.Clamp(number, 0, mostWeight) / mostWeight;
        }
        return share;
    }
}
