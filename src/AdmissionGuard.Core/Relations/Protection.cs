using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;

namespace AdmissionGuard.Core.Relations;

/// <summary>What keeps a caller's requests to a host, one of its subsets and one of its ports from harm.</summary>
/// <param name="Ejects">Outlier detection that can fire.</param>
/// <param name="Limits">Whether somebody chose a bound for connections, requests or retries. What repairs inject is nobody's choice.</param>
internal readonly record struct Protection(bool Ejects, bool Limits)
{
    /// <param name="rule">Null where no DestinationRule counts: then the mesh's defaults do.</param>
    public static Protection Of(MergedRule? rule, in Target target, MeshConfig mesh)
    {
        var read = new Reader();
        var detection = Message(rule, "outlierDetection"u8, target, mesh);
        var pool = Message(rule, "connectionPool"u8, target, mesh);
        return new Protection(
            detection.IsObject && DetectionReach.Usual.CanFire(detection, read),
            PoolLimit.All.Any(l => l.IsSet(pool, read) && read.Integer(l.In(pool, read)) != l.Usual)
                || Message(rule, "retryBudget"u8, target, mesh).Exists
        );
    }

    /// <summary>
    /// A message as this caller gets it, the mesh's default where the rules have none. An entry for a port of a subset loses that default too
    /// (docs/facts/istio.md#mesh-default-policy).
    /// </summary>
    public static Node Message(MergedRule? rule, ReadOnlySpan<byte> message, in Target target, MeshConfig mesh)
    {
        Node own = default;
        if (rule is not null)
        {
            var subset = target.Subset is { } name && rule.Subsets.TryGetValue(name, out var found) ? found.Node : default;
            var effective = rule.Effective.Of(message, new PolicyTarget(subset, target.Subset, target.Port));
            own = effective.Value;
            if (effective.Layer == PolicyLayer.SubsetPort)
                return own;
        }
        return own.Exists ? own : mesh.DefaultTrafficPolicy[message];
    }

    /// <summary>
    /// All targets at which two rules can be compared: the host and the subsets that both have, on all ports as one where neither names a port,
    /// else on each port of the service, or where nobody knows these on each that is named and on all others.
    /// </summary>
    public static IEnumerable<Target> TargetsOf(MergedRule? one, MergedRule? other, IReadOnlyList<long>? ports)
    {
        var named = PortsIn(one).Concat(PortsIn(other)).Distinct().ToList();
        long?[] all = [null, .. named.Select(p => (long?)p)];
        if (named.Count > 0 && ports is not null)
            all = [.. ports.Select(p => (long?)p)];
        var shared = one is null || other is null ? [] : one.Subsets.Keys.Where(other.Subsets.ContainsKey);
        foreach (var subset in shared.Prepend<string?>(null))
        {
            foreach (var port in all)
                yield return new Target(subset, port);
        }
    }

    private static IEnumerable<long> PortsIn(MergedRule? rule) =>
        rule is null ? [] : rule.Effective.Maps.ToArray().Select(m => m.Port).OfType<long>();

    /// <summary>Where requests go.</summary>
    /// <param name="Subset">Null for the bare host.</param>
    /// <param name="Port">Null for every port that no entry names.</param>
    internal readonly record struct Target(string? Subset, long? Port)
    {
        /// <summary>In a sentence, after a host.</summary>
        public override string ToString() => (Subset is null ? "" : $" subset {Shown.Clip(Subset, 63)}") + (Port is null ? "" : $" port {Port}");
    }
}
