using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Defaults;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>
/// What a caller may pile up on a service must have a bound. See docs/facts/istio.md#connection-pool-limits and
/// docs/facts/istio.md#connection-pool-inbound.
/// </summary>
internal static class ConnectionPool
{
    private static readonly NamesParameter ExemptHosts = new("exemptHosts", "hosts that need no limits; fully qualified, * allowed");

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-connection-pool",
        Summary = "Every host, subset and port of a DestinationRule must have limits on connections, requests and retries.",
        Why =
            "Istio lifts all of them to 4294967295 (pilot/pkg/networking/core/cluster_traffic_policy.go): when a service slows down, its "
            + "callers queue and retry without bound, and the retries keep it down. "
            + "A subset or port that sets any part of connectionPool replaces the whole of it and loses the other limits "
            + "(pilot/pkg/networking/util, MergeSubsetTrafficPolicy). "
            + "The limits also apply to the inbound side of the workload, over all its callers together: choose them with that in mind.",
        Remedy =
            "Set tcp.maxConnections, http.http1MaxPendingRequests, http.http2MaxRequests and http.maxRetries (or a retryBudget) in "
            + "spec.trafficPolicy, and all of them again in every override of connectionPool.",
        Kinds = [ObjectKind.DestinationRule],
        Parameters = [ExemptHosts, .. PoolDefaults.Parameters],
        Baseline = new ProfileDefault(GuardAction.Warn, Fix: true),
        Strict = new ProfileDefault(GuardAction.Deny, Fix: true),
        Fixable = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var scope = new HostScope(x.Subject);
        if (scope.IsAmong(x.Get(ExemptHosts)))
            return;
        foreach (var map in x.Subject.Policy.Maps)
        {
            if (!map.Decides("connectionPool"u8))
                continue;
            var pool = map.Node["connectionPool"u8];
            var missing =
                (PoolLimit.Connections.IsMissing(pool, x.Read) ? 1 : 0)
                + (PoolLimit.Pending.IsMissing(pool, x.Read) ? 1 : 0)
                + (PoolLimit.Requests.IsMissing(pool, x.Read) ? 1 : 0);
            var retries = PoolLimit.Retries.IsMissing(pool, x.Read) && !x.Subject.Policy.Of("retryBudget"u8, map).Exists;
            if (missing > 0 || retries)
                x.Report(Unlimited(x, map, scope, missing, retries));
        }
    }

    /// <summary>
    /// One finding a map. Retries alone are advice: a retryBudget may stand in the mesh's other rules, and Envoy's own limit of 3 is too small for
    /// many.
    /// </summary>
    private static Finding Unlimited(Inspection x, PolicyMap map, HostScope scope, int missingLimits, bool retries)
    {
        var pool = map.Node["connectionPool"u8];
        var replaced = x.Subject.Policy.Replaced("connectionPool"u8, map);
        var missing = PoolDefaults.Limits(x).Where(l => l.Limit.IsMissing(pool, x.Read) && (l.Limit != PoolLimit.Retries || retries)).ToArray();
        var lost = missing.Where(l => l.Limit.IsSet(replaced, x.Read)).ToArray();
        var leaves = missing.Select(l => l.Limit.LeafFrom(replaced, l.Value, x.Read)).ToArray();
        var path = missingLimits > 0 ? "connectionPool" : PoolLimit.Retries.Path;
        var at = x.Subject.Policy.PlaceOf(map, path);
        string message;
        if (lost.Length > 0)
            message =
                $"{map.Whom(scope.Host)} does not get {Names(lost)} of {map.Above}: "
                + $"{(pool.Exists ? "its own connectionPool replaces the whole" : "an entry for a port replaces everything")}"
                + (lost.Length < missing.Length ? $"; not set either: {Names(missing.Except(lost))}" : "");
        else
            message =
                $"{map.Whom(scope.Host)} has no limit for {string.Join(", ", missing.Select(l => l.Limit.Bounds))}; not set: "
                + $"{Names(missing)}{(missingLimits == 0 ? " or a retryBudget" : "")}";
        return new Finding(at, map.Key, message)
        {
            Limit = Names(missing),
            Excess = missingLimits,
            Remedy = PolicyDefaults.Yaml(at, path, leaves),
            Edit = map.Layer == PolicyLayer.Top && scope.IsRepairable ? PolicyDefaults.Edit(x.Spec, leaves) : null,
            AtMost = missingLimits > 0 && scope.IsRepairable ? GuardAction.Deny : GuardAction.Warn,
        };
    }

    private static string Names(IEnumerable<(PoolLimit Limit, int Value)> limits) => string.Join(", ", limits.Select(l => l.Limit.Name));
}
