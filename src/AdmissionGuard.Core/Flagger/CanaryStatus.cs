using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>What a stored Canary's status says of its progress.</summary>
internal readonly struct CanaryStatus(Node status)
{
    /// <summary>Failed, or with two versions serving: what is written now may be the rollback.</summary>
    public bool InTrouble => IsProgressing || status["phase"u8].IsText("Failed"u8);

    /// <summary>A release is under way, from the first gate to the last traffic that goes back to the primary.</summary>
    public bool IsProgressing => status["phase"u8].Text is "Progressing" or "Waiting" or "WaitingPromotion" or "Promoting" or "Finalising";

    /// <summary>Percent of users on the new version now; null where the status does not say.</summary>
    public long? Weight =>
        status["canaryWeight"u8] is { Kind: System.Text.Json.JsonValueKind.Number } weight && weight.Element.TryGetInt64(out var number)
            ? number
            : null;
}
