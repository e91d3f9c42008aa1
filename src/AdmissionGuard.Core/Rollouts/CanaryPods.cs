using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// How many pods the new version has at a step of a canary with <c>trafficRouting</c>: as many as <c>setCanaryScale</c> says, else as many as the
/// weight asks for (argo-rollouts utils/replicaset/canary.go, CalculateReplicaCountsForTrafficRoutedCanary and UseSetCanaryScale).
/// </summary>
internal sealed class CanaryPods
{
    private readonly Reader read;
    private readonly long most;
    private readonly long least;
    private readonly bool isDynamic;
    private long? scaledTo;
    private long? scaledBy;

    /// <param name="replicas">Null where nobody knows how many; 0, a workload that is switched off, is no number to reckon with either.</param>
    public CanaryPods(Node canary, long? replicas, long mostWeight, Reader read)
    {
        this.read = read;
        most = mostWeight;
        Replicas = replicas is > 0 ? Math.Min(replicas.Value, int.MaxValue) : null;
        IsScaledByRouting = canary["trafficRouting"u8].Exists;
        IsRouted = TrafficRouter.IsNamed(canary["trafficRouting"u8]);
        isDynamic = read.Boolean(canary["dynamicStableScale"u8]) == true;
        least = Math.Clamp(read.Integer(canary["minPodsPerReplicaSet"u8]) ?? 0, 0, Replicas ?? 0);
    }

    public long? Replicas { get; }

    /// <summary><c>trafficRouting</c> is there, whatever it names: stable keeps its pods while the canary grows.</summary>
    public bool IsScaledByRouting { get; }

    /// <summary><c>trafficRouting</c> names a router.</summary>
    public bool IsRouted { get; }

    /// <summary>What the last <c>setWeight</c> says, within bounds: 0 before the first, null where it cannot be read.</summary>
    public long? Weight { get; private set; } = 0;

    public void Take(Node step)
    {
        if (step["setWeight"u8] is { Exists: true } weight)
            Weight = read.Integer(weight) is { } number ? Math.Clamp(number, 0, most) : null;
        var scale = step["setCanaryScale"u8];
        if (!IsScaledByRouting || !scale.IsObject)
            return;
        var matches = read.Boolean(scale["matchTrafficWeight"u8]) == true;
        scaledTo = matches ? null : read.Integer(scale["replicas"u8]);
        scaledBy = matches || scaledTo is not null ? null : read.Integer(scale["weight"u8]);
    }

    /// <summary>At a weight, once Argo rests.</summary>
    public long At(long weight) => Math.Max(0, scaledTo ?? InPods(scaledBy ?? weight));

    /// <summary>A step says how many there are, whatever the weight.</summary>
    public bool IsScaled => (scaledTo ?? scaledBy) is not null;

    /// <summary>Stable's pods at a weight: all of them, unless <c>dynamicStableScale</c> takes away those whose users have left.</summary>
    public long StableAt(long weight)
    {
        if (!isDynamic)
            return Replicas!.Value;
        var given = scaledTo is null ? scaledBy ?? weight : 0;
        return Math.Max(InPods(most - given), IsRouted ? InPods(most - weight) : 0);
    }

    /// <summary>Percent of all pods that are the new version's.</summary>
    public double ShareAt(long weight)
    {
        var stable = StableAt(weight);
        var fresh = At(weight);
        return fresh + stable == 0 ? 0 : 100.0 * fresh / (fresh + stable);
    }

    /// <summary>What a weight asks for, rounded up.</summary>
    public long Exactly(long weight) => (long)Math.Ceiling((double)Math.Max(0, weight) * Replicas!.Value / most);

    /// <summary>What a weight asks for, lifted to <c>minPodsPerReplicaSet</c> where it is more than none.</summary>
    public long InPods(long weight)
    {
        var count = Exactly(weight);
        return count == 0 ? 0 : Math.Max(count, least);
    }
}
