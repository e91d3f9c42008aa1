using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Live;

/// <summary>How far what a server knows of its cluster can be trusted.</summary>
/// <param name="IsReady">All was loaded once; what is lost later makes rules warn, and nobody unready.</param>
/// <param name="HasPolicies">Until then nothing can be judged at all.</param>
internal sealed record LiveState(bool IsReady, bool HasPolicies, IReadOnlyList<(string Name, WatchState State)> Watches);
