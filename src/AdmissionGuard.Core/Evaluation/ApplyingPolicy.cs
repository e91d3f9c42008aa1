using AdmissionGuard.Core.Policies;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>A policy for a review.</summary>
/// <param name="IsCertain">False where it selects by labels of a namespace that is not known: then it warns at most, and repairs nothing.</param>
internal readonly record struct ApplyingPolicy(GuardPolicy Policy, bool IsCertain);
