using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// Percent of users on the new version while Argo's controller rests at a step of a canary: by weight where a router is named, by pods where none
/// is (argo-rollouts rollout/trafficrouting.go; utils/replicaset/canary.go; docs/facts/argo-rollouts.md#shares-at-rest).
/// </summary>
internal sealed class CanaryUsers
{
    private readonly Reader read;
    private readonly CanaryPods pods;
    private readonly bool surges;
    private readonly long most;
    private Node experiment;

    /// <param name="replicas">Null where nobody knows how many: weights count as they are written.</param>
    public CanaryUsers(Node canary, long? replicas, long mostWeight, Reader read)
    {
        this.read = read;
        most = mostWeight;
        pods = new CanaryPods(canary, replicas, mostWeight, read);
        surges = BasicCanary.Amount(canary["maxSurge"u8], read) != 0;
    }

    /// <summary>No router is named: shares are as near to weights as numbers of pods allow.</summary>
    public bool IsByPods => !pods.IsRouted;

    /// <summary>The last <c>setWeight</c>; absent before the first.</summary>
    public Node WeightSetBy { get; private set; }

    /// <summary>What the weight in force says; null where it cannot be read.</summary>
    public double? Written => pods.Weight is { } known ? 100.0 * known / most : null;

    /// <summary>Null where the weight cannot be read.</summary>
    public double? Share
    {
        get
        {
            if (pods.Weight is not { } asked)
                return null;
            if (pods.Replicas is not { } replicas)
                return pods.IsRouted ? Routed(asked) : Written;
            if (pods.IsRouted)
                return Routed(pods.At(asked) == 0 ? 0 : asked);
            return pods.IsScaledByRouting ? pods.ShareAt(asked) : BasicCanary.Of(replicas, asked, most, surges).Share;
        }
    }

    /// <summary>From here on the controller rests at this step, or has gone through it.</summary>
    public void Take(Node step)
    {
        if (step["setWeight"u8] is { Exists: true } set)
            WeightSetBy = set;
        pods.Take(step);
        experiment = step["experiment"u8];
    }

    /// <summary>
    /// Experiments take their weights beside the canary's, and stable gets what is left, not less than 0: where the sum is more than the most, all
    /// get their part of the sum.
    /// </summary>
    private double Routed(long canary)
    {
        var fresh = ExperimentWeights.Of(experiment, ofCanary: true, read);
        var others = ExperimentWeights.Of(experiment, ofCanary: false, read);
        var sum = Math.Max(most, canary + fresh + others);
        return 100.0 * (canary + fresh) / sum;
    }
}
