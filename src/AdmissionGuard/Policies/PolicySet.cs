using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Policies;

/// <summary>What the paths of <c>--policy</c> held: what can be used, and why the rest cannot.</summary>
internal sealed record PolicySet(IReadOnlyList<GuardPolicy> Policies, IReadOnlyList<GuardException> Exceptions, GuardSettings Settings, IReadOnlyList<ManifestError> Errors)
{
    public Cluster Cluster { get; } = Cluster.Empty.With(Settings).With(Policies).WithExceptions(Exceptions);
}
