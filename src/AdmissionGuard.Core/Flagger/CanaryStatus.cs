using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>What a stored Canary's status says of its progress.</summary>
internal readonly struct CanaryStatus(Node status)
{
    /// <summary>A release is under way and not yet promoted: what is written now decides whether it is.</summary>
    public bool IsJudged => status["phase"u8].Text is "Progressing" or "Waiting" or "WaitingPromotion";

    /// <summary>Percent of users on the new version now; null where the status does not say.</summary>
    public long? Weight => Number(status["canaryWeight"u8]);

    /// <summary>How many checks of <c>iterations</c> are done; null where the status does not say.</summary>
    public long? Iterations => Number(status["iterations"u8]);

    private static long? Number(Node node) => node.TryGetInt64(out var number) ? number : null;
}
