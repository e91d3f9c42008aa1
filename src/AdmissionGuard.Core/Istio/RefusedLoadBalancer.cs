using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedDestinationRule"/> that is about load balancing.</summary>
internal static class RefusedLoadBalancer
{
    /// <summary>Envoy's own bound for tables of maglev.</summary>
    private const long MostTable = 5000011;

    private static readonly string[] Topology = ["topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone"];

    public static void Check(Node balancer, Refusals to)
    {
        if (!to.Read.Map(balancer).IsObject)
            return;
        Hash(balancer["consistentHash"u8], to);
        if (balancer["localityLbSetting"u8].Exists && balancer["zoneAwareLbSetting"u8].Exists)
        {
            to.Add(
                balancer["zoneAwareLbSetting"u8],
                "localityLbSetting and zoneAwareLbSetting",
                "zoneAwareLbSetting stands beside localityLbSetting, one of them is allowed"
            );
        }
        Locality(balancer["localityLbSetting"u8], to);
        ZoneAware(balancer["zoneAwareLbSetting"u8], to);
        to.Duration(balancer["warmupDurationSecs"u8], "warmupDurationSecs");
        var warmup = balancer["warmup"u8];
        to.Duration(warmup["duration"u8], "duration");
        if (to.Read.Number(warmup["aggression"u8]) <= 0)
            to.Add(warmup["aggression"u8], "aggression", "the aggression of the warmup is 0 or less, more than 0 is allowed", "aggression: 1");
    }

    private static void Hash(Node hash, Refusals to)
    {
        if (!to.Read.Map(hash).IsObject)
            return;
        var cookie = hash["httpCookie"u8];
        if (to.Read.Text(cookie["name"u8]) is { Length: 0 })
            to.Add(cookie["name"u8], "httpCookie name", "the name of httpCookie is empty, it is needed", "name: user");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var attribute in to.Read.Items(cookie["attributes"u8]))
        {
            if (to.Read.Text(attribute["name"u8]) is not { } name)
                continue;
            if (name.Length == 0)
                to.Add(attribute["name"u8], "attribute", "an attribute of httpCookie has an empty name, it is needed", "name: SameSite");
            else if (!names.Add(name))
                to.Add(attribute["name"u8], $"attribute {Refusals.Word(name)}", $"httpCookie has the attribute {Refusals.Word(name)} twice");
        }
        var ring = hash["minimumRingSize"u8];
        if (to.Read.Integer(ring) is not (null or 0) && (hash["ringHash"u8].Exists || hash["maglev"u8].Exists))
            to.Add(ring, "minimumRingSize", "minimumRingSize stands beside ringHash or maglev, one of them is allowed: remove it here");
        Maglev(hash["maglev"u8], to);
    }

    private static void Maglev(Node maglev, Refusals to)
    {
        if (!maglev.IsObject)
            return;
        var size = maglev["tableSize"u8].Exists ? to.Read.Integer(maglev["tableSize"u8]) : 0;
        if (size is not { } entries || (entries is > 0 and < MostTable && IsPrime(entries)))
            return;
        to.Add(
            Place.Of(maglev, "tableSize"),
            "tableSize",
            $"the tableSize of maglev is {entries}, a prime number below {MostTable} is allowed",
            "tableSize: 65537"
        );
    }

    /// <summary>As Envoy has it, with 1 among them.</summary>
    private static bool IsPrime(long number)
    {
        if (number < 4)
            return true;
        if (number % 2 == 0)
            return false;
        for (var factor = 3L; factor * factor <= number; factor += 2)
        {
            if (number % factor == 0)
                return false;
        }
        return true;
    }

    private static void Locality(Node setting, Refusals to)
    {
        if (!to.Read.Map(setting).IsObject)
            return;
        var distribute = setting["distribute"u8];
        var failover = setting["failover"u8];
        if (distribute.Count > 0 && failover.Count > 0)
        {
            to.Add(failover, "distribute and failover", "failover stands beside distribute, one of them is allowed");
            return;
        }
        if (failover.Count > 0)
            Priorities(setting["failoverPriority"u8], "stands beside failover, labels of regions and zones are only allowed without it", to);
        RefusedLocalities.Distribute(distribute, to);
        RefusedLocalities.Failover(failover, to);
    }

    private static void ZoneAware(Node setting, Refusals to)
    {
        if (!to.Read.Map(setting).IsObject)
            return;
        Priorities(setting["failoverPriority"u8], "is a label of regions and zones, which zoneAwareLbSetting orders by itself", to);
        RefusedLocalities.Failover(setting["failover"u8], to);
    }

    private static void Priorities(Node list, string why, Refusals to)
    {
        foreach (var item in to.Read.Items(list))
        {
            if (item.Text is { } label && Topology.Contains(label, StringComparer.Ordinal))
                to.Add(item, $"failoverPriority {label}", $"{label} in failoverPriority {why}");
        }
    }
}
