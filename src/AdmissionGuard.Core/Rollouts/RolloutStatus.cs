using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>What a stored Rollout's status says of its progress.</summary>
internal readonly struct RolloutStatus(Node status)
{
    /// <summary>Aborted, Degraded, or with two versions serving: in the middle of a rollout.</summary>
    public bool InTrouble => IsAborted || status["phase"u8].IsText("Degraded"u8) || IsProgressing;

    public bool IsAborted => status["abort"u8].Kind == System.Text.Json.JsonValueKind.True;

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
}
