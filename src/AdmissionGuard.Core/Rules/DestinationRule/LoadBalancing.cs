using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>The settings of load balancing that stand together can work together. See docs/facts/istio.md#load-balancing.</summary>
internal static class LoadBalancing
{
    private static readonly DurationParameter MaxWarmup = new(
        "maxWarmup",
        TimeSpan.FromMinutes(15),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromHours(24),
        "longest warm-up of a new endpoint"
    );

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-load-balancing",
        Summary = "A loadBalancer of a DestinationRule should not undo its subsets, its outlier detection or its own warm-up.",
        Why =
            "PASSTHROUGH sends each request to the address that the client asked for: there are no endpoints to choose among, so a subset "
            + "selects nothing and an ejected endpoint is called as before "
            + "(pilot/pkg/networking/core/cluster_traffic_policy.go, applyLoadBalancer). A warm-up is passed on for ROUND_ROBIN and "
            + "LEAST_REQUEST only, elsewhere new pods get their full share while they are cold. "
            + "A very long one keeps new pods below their share, and the old ones carry the rest.",
        Remedy = "Write simple: LEAST_REQUEST, which is also the default, and a warm-up of a few minutes at most; or delete what has no effect.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry],
        Parameters = [MaxWarmup],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var map in PolicyInForce.Of(x).Maps)
        {
            var balancer = x.Read.Map(map.Node["loadBalancer"u8]);
            if (!balancer.Exists || !map.Decides("loadBalancer"u8))
                continue;
            var passes = balancer["simple"u8].IsText("PASSTHROUGH"u8);
            if ((passes ? PassThrough(x, map, balancer) : WarmUp(x, map, balancer)) is { } finding)
                x.Report(finding);
        }
    }

    private static Finding? PassThrough(Inspection x, MapInForce map, Node balancer)
    {
        int subsets;
        if (map.IsForHost)
            subsets = SubsetsThatInherit(x);
        else if (SelectsPods(map.Map.Subset))
            subsets = 1;
        else
            subsets = 0;
        var idle = new List<string>();
        if (subsets > 0)
            idle.Add(map.IsForHost ? LabelsOf(subsets) : "labels of the subset");
        if (map.Of("outlierDetection"u8).Exists)
            idle.Add("outlierDetection");
        if (balancer["warmup"u8].Exists || balancer["warmupDurationSecs"u8].Exists)
            idle.Add("warm-up");
        if (idle.Count == 0)
            return null;
        return new Finding(
            balancer["simple"u8],
            $"{map.Key} passthrough",
            $"simple is PASSTHROUGH, so these have no effect: {string.Join(", ", idle)}; every request goes to the address that the client asked for"
        )
        {
            Found = "PASSTHROUGH",
            Limit = "LEAST_REQUEST, ROUND_ROBIN or RANDOM",
            Remedy = "simple: LEAST_REQUEST",
        };
    }

    private static string LabelsOf(int subsets) => subsets == 1 ? "labels of 1 subset" : $"labels of {subsets} subsets";

    private static int SubsetsThatInherit(Inspection x)
    {
        var count = 0;
        foreach (var item in x.Spec["subsets"u8].Items)
        {
            if (SelectsPods(item) && !item["trafficPolicy"u8]["loadBalancer"u8].Exists)
                count++;
        }
        return count;
    }

    private static bool SelectsPods(Node subset) => subset["labels"u8].HasEntries;

    private static Finding? WarmUp(Inspection x, MapInForce map, Node balancer)
    {
        var warmup = x.Read.Map(balancer["warmup"u8]);
        var written = warmup.Exists ? warmup["duration"u8] : balancer["warmupDurationSecs"u8];
        if (!warmup.Exists && !written.Exists)
            return null;
        var simple = balancer["simple"u8];
        var isHash = balancer["consistentHash"u8].Exists;
        var isRandom = simple.IsText("RANDOM"u8);
        if (isHash || isRandom)
        {
            var hashed = warmup.Exists ? warmup : written;
            var ignoredBy = isHash ? "consistentHash" : "RANDOM";
            return new Finding(
                isHash ? hashed : simple,
                $"{map.Key} warmup",
                $"{ignoredBy} ignores the warm-up beside it, only ROUND_ROBIN and LEAST_REQUEST heed it: new endpoints get their full share "
                    + $"while they are cold"
            )
            {
                Found = ignoredBy,
                Limit = "ROUND_ROBIN or LEAST_REQUEST",
                Remedy = isHash ? null : "simple: LEAST_REQUEST",
            };
        }
        var limit = x.Get(MaxWarmup);
        if (x.Read.Duration(written) is not { } duration || duration <= limit)
            return null;
        return new Finding(
            written,
            $"{map.Key} warmup duration",
            $"the warm-up takes {Durations.Write(duration)}, at most {Durations.Write(limit)} is allowed: for that long after a rollout the "
                + $"endpoints that are there already carry the share of the new ones"
        )
        {
            Found = Shown.Value(written),
            Limit = $"at most {Durations.Write(limit)}",
            Excess = (duration - limit).TotalSeconds,
            Remedy = $"{(warmup.Exists ? "duration" : "warmupDurationSecs")}: {Durations.Write(limit)}",
        };
    }
}
