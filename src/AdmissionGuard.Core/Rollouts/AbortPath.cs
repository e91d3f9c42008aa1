using System.Runtime.InteropServices;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// The rollback that an abort makes with <c>dynamicStableScale</c>, look by look as Argo's controller goes it: weights follow the pods that stable
/// has again, and pods follow the weights (argo-rollouts rollout/trafficrouting.go, calculateDesiredWeightOnAbortOrStableRollback;
/// utils/replicaset/canary.go, GetDesiredCanaryWeight; docs/facts/argo-rollouts.md#dynamic-stable-scale).
/// </summary>
/// <param name="From">Percent of users on the new version when it is aborted.</param>
/// <param name="First">The same after the controller's first look.</param>
/// <param name="Rest">The same where nothing changes any more.</param>
/// <param name="Stable">Percent of its pods that stable has when the abort begins.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AbortPath(double From, double First, double Rest, double Stable)
{
    /// <summary>More looks change nothing: each lowers the weight or raises stable's pods.</summary>
    private const int MostLooks = 5000;

    /// <summary>From each place where a release waits with users on the new version.</summary>
    /// <param name="isFixed">As in versions that hold argo-rollouts#4900: a canary that is kept does not hold its weight up.</param>
    public static IEnumerable<AbortPath> Of(Node canary, long replicas, long mostWeight, bool isFixed, Reader read)
    {
        var pods = new CanaryPods(canary, replicas, mostWeight, read);
        var weights = WeightsOf(canary, mostWeight, read);
        var delay = canary["abortScaleDownDelaySeconds"u8];
        var walk = new Walk(pods, weights, mostWeight, delay.Exists && read.Integer(delay) != 0, isFixed)
        {
            Floor = read.Integer(delay) == 0 ? ScaledFirst(canary, replicas, mostWeight, read) : null,
        };
        foreach (var item in read.Items(canary["steps"u8]))
        {
            var step = read.Map(item);
            pods.Take(step);
            if (pods.Weight is > 0 and var asked && pods.At(asked) > 0 && StepHold.Of(step, watched: false, read).TakesTime)
                yield return walk.From(asked);
        }
    }

    /// <summary>Pods that <c>setCanaryScale</c> as first step keeps after an abort; null where the first step is another.</summary>
    public static long? ScaledFirst(Node canary, long replicas, long mostWeight, Reader read)
    {
        var steps = read.Items(canary["steps"u8]).GetEnumerator();
        if (!steps.MoveNext() || !steps.Current["setCanaryScale"u8].IsObject)
            return null;
        var pods = new CanaryPods(canary, replicas, mostWeight, read);
        pods.Take(steps.Current);
        return pods.IsScaled ? pods.At(0) : null;
    }

    private static List<long> WeightsOf(Node canary, long mostWeight, Reader read)
    {
        var weights = new List<long>();
        foreach (var item in read.Items(canary["steps"u8]))
        {
            if (read.Integer(item["setWeight"u8]) is { } weight)
                weights.Add(Math.Clamp(weight, 0, mostWeight));
        }
        return weights;
    }

    private sealed record Walk(CanaryPods Pods, List<long> Weights, long Most, bool KeepsCanary, bool IsFixed)
    {
        public long? Floor { get; init; }

        public AbortPath From(long weight)
        {
            var replicas = Pods.Replicas!.Value;
            var fresh = Pods.At(weight);
            var stable = Pods.StableAt(weight);
            var kept = stable;
            var now = weight;
            long? first = null;
            for (var look = 0; look < MostLooks; look++)
            {
                var step = StepBelow(replicas - stable, fresh);
                var next = Next(now, step, stable, replicas);
                first ??= next;
                var wanted = Math.Max(Pods.InPods(Most - step), Pods.InPods(Most - now));
                var left = KeepsCanary ? fresh : Math.Max(Floor ?? Pods.InPods(step), Pods.InPods(next));
                if (next == now && wanted == stable && left == fresh)
                {
                    // Once stable has all its pods, those that were kept go after the delay.
                    if (!KeepsCanary || stable < replicas || fresh == 0)
                        break;
                    left = 0;
                }
                (now, stable, fresh) = (next, wanted, left);
            }
            return new AbortPath(Share(weight), Share(first ?? weight), Share(now), 100.0 * kept / replicas);
        }

        private double Share(long weight) => 100.0 * weight / Most;

        /// <summary>The weight, from the last step backwards, that fewer pods bear than the canary is to have or still has.</summary>
        private long StepBelow(long expected, long fresh)
        {
            var pods = KeepsCanary && IsFixed ? expected : Math.Max(expected, fresh);
            for (var i = Weights.Count - 1; i >= 0; i--)
            {
                if (Pods.Exactly(Weights[i]) < pods)
                    return Weights[i];
            }
            return 0;
        }

        private long Next(long now, long step, long stable, long replicas)
        {
            var borne = Most * stable / replicas;
            if (step <= 0)
                return Math.Min(Math.Max(0, Most - borne), now);
            return borne < Most - step ? now : Math.Min(step, now);
        }
    }
}
