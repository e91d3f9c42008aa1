using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>The new version's pods can bear the users that it gets. See docs/facts/argo-rollouts.md#canary-scale.</summary>
internal static class CanaryCapacity
{
    private static readonly IntegerParameter MaxImbalance = new(
        "maxImbalance",
        2,
        1,
        100,
        "how many times a stable pod's share of users a pod of the new version may have"
    );

    public static readonly Rule Rule = new()
    {
        Id = "rollout-canary-capacity",
        Summary = "At every step the new version must have pods enough for its share of users.",
        Why =
            "setCanaryScale holds the number of pods until another one changes it, whatever setWeight says later: 90 % of users on 10 % of "
            + "the pods overload them, "
            + "and an analysis then judges the overload instead of the version (argo-rollouts docs, features/canary, setCanaryScale).",
        Remedy = "Put a larger setCanaryScale, or matchTrafficWeight: true, before the weight.",
        Kinds = [ObjectKind.Rollout],
        Parameters = [MaxImbalance],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var canary = x.Spec["strategy"u8]["canary"u8];
        if (!canary["trafficRouting"u8].Exists)
            return;
        var most = x.Subject.Plan.MostWeight;
        var replicas = x.Read.Integer(x.Spec["replicas"u8]);
        var least = canary["minPodsPerReplicaSet"u8];
        var leastPods = least.Exists ? x.Read.Integer(least) : 0;
        var users = (double?)0;
        var scale = default(CanaryScale);
        HashSet<string>? told = null;
        foreach (var item in x.Read.Items(canary["steps"u8]))
        {
            var step = x.Read.Map(item);
            var weight = step["setWeight"u8];
            if (weight.Exists)
                users = x.Read.Integer(weight) is { } number ? 100.0 * Math.Clamp(number, 0, most) / most : null;
            scale = scale.Then(step, replicas, leastPods, most, x.Read);
            if (users is not { } share || scale.Percent is not { } pods || share <= pods * x.Get(MaxImbalance) + 1e-6)
                continue;
            var key = FormattableString.Invariant($"{share:0.##} on {scale.Text}");
            if ((told ??= new(StringComparer.Ordinal)).Add(key))
                x.Report(Overloaded(weight.Exists ? weight : scale.SetBy, key, share, pods, scale, x.Get(MaxImbalance)));
        }
    }

    private static Finding Overloaded(Node at, string key, double share, double pods, CanaryScale scale, int max)
    {
        if (pods == 0)
        {
            return new Finding(
                at,
                key,
                $"{Shown.Percent(share)} of users are to go to 0 pods of the new version: Argo sends nobody there, and the step tests nothing"
            )
            {
                Whole = "steps",
                Excess = share,
                Remedy = Remedy,
                AtMost = GuardAction.Warn,
            };
        }
        var times = FormattableString.Invariant($"{share / pods:0.#}");
        var message =
            $"{Shown.Percent(share)} of users go to {Shown.Percent(pods)} of the pods (setCanaryScale {scale.Text}): each bears {times} times "
            + $"the load of a stable pod, at most {max} allowed";
        return new Finding(at, key, message)
        {
            Found = times,
            Limit = $"{max}",
            Whole = "steps",
            Excess = (share / pods) - max,
            Remedy = Remedy,
        };
    }

    private const string Remedy = "- setCanaryScale: {matchTrafficWeight: true}   # before this step";
}
