using AdmissionGuard.Files;

namespace AdmissionGuard.Policies;

/// <summary>Where <see cref="LivePolicies"/> read policies again.</summary>
internal sealed record PolicySource
{
    /// <summary>What the files look like, see <see cref="Fingerprint"/>.</summary>
    public required Func<string> Look { get; init; }

    /// <summary>What they looked like before they were read for the first time.</summary>
    public required string LookedLike { get; init; }

    public required Func<PolicySet> Read { get; init; }
}
