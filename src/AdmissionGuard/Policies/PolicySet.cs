using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Files;

namespace AdmissionGuard.Policies;

/// <summary>What the paths of <c>--policy</c> held: what can be used, and why the rest cannot.</summary>
/// <param name="settings">Null where none were given, and the defaults hold.</param>
internal sealed class PolicySet(
    IReadOnlyList<GuardPolicy> policies,
    IReadOnlyList<GuardException> exceptions,
    GuardSettings? settings,
    IReadOnlyList<ManifestError> errors
)
{
    public IReadOnlyList<GuardPolicy> Policies => policies;

    public IReadOnlyList<GuardException> Exceptions => exceptions;

    public GuardSettings Settings { get; } = settings ?? GuardSettings.Default;

    public IReadOnlyList<ManifestError> Errors => errors;

    /// <summary>What is accepted and should be written otherwise, with its place; of policies and exceptions that are in use.</summary>
    public IReadOnlyList<ManifestError> Notices { get; init; } = [];

    /// <summary>For who must not begin with half of it.</summary>
    /// <exception cref="InputException">With every error.</exception>
    public PolicySet OrThrow() =>
        Errors.Count == 0 ? this : throw new InputException(string.Join('\n', Errors.Select(e => Shown.Clean(e.ToString()))));

    /// <summary>Whether settings were given, the defaults written out included: they then replace those of a cluster.</summary>
    public bool HasSettings => settings is not null;

    /// <summary>The same with other policies.</summary>
    public PolicySet With(IReadOnlyList<GuardPolicy> others) => new(others, exceptions, settings, errors) { Notices = Notices };

    public Cluster Cluster { get; } = Cluster.Empty.With(settings ?? GuardSettings.Default).With(policies).WithExceptions(exceptions);
}
