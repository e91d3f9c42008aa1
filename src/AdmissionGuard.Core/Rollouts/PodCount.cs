using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>Numbers of pods where a field may be absent.</summary>
public static class PodCount
{
    /// <summary>
    /// Of a Rollout: Argo takes an absent number for 1 (docs/facts/argo-rollouts.md#replicas-absent). Null where it cannot be read.
    /// </summary>
    public static long? OfRollout(Node spec, Reader read) => Read(spec["replicas"u8], read);

    /// <summary>
    /// What a HorizontalPodAutoscaler leaves at least: 1 where it says nothing (Kubernetes API, autoscaling/v2). Null where it cannot be read.
    /// </summary>
    public static long? LeastOfAutoscaler(Node spec, Reader read) => Read(spec["minReplicas"u8], read);

    private static long? Read(Node written, Reader read) => written.Exists ? read.Integer(written) : 1;
}
