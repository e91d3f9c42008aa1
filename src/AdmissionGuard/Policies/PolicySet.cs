using AdmissionGuard.Core;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Files;

namespace AdmissionGuard.Policies;

/// <summary>What the paths of <c>--policy</c> held: what can be used, and why the rest cannot.</summary>
internal sealed class PolicySet(
    IReadOnlyList<GuardPolicy> policies,
    IReadOnlyList<GuardException> exceptions,
    GuardSettings settings,
    IReadOnlyList<ManifestError> errors
)
{
    public IReadOnlyList<GuardPolicy> Policies => policies;

    public IReadOnlyList<GuardException> Exceptions => exceptions;

    public GuardSettings Settings => settings;

    public IReadOnlyList<ManifestError> Errors => errors;

    /// <summary>For who must not begin with half of it.</summary>
    /// <exception cref="InputException">With every error.</exception>
    public PolicySet OrThrow() =>
        Errors.Count == 0 ? this : throw new InputException(string.Join('\n', Errors.Select(e => Shown.Clean(e.ToString()))));

    /// <summary>Whether it says something of the settings, and not only takes their defaults.</summary>
    public bool HasSettings => settings != GuardSettings.Default;

    public Cluster Cluster { get; } = Cluster.Empty.With(settings).With(policies).WithExceptions(exceptions);
}
