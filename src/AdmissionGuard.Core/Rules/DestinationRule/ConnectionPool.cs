using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Defaults;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Relations;
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
            + "The limits also apply to the inbound side of the workload, over all its callers together: choose them with that in mind. "
            + "The injected limits stop a storm and no ordinary hour: 10,000 connections and requests, 1,000 waiting requests, for each "
            + "client proxy. "
            + "Istio took its own defaults of 1,024 back because they caused outages (istio/istio#17233, #17346).",
        Remedy =
            "Set tcp.maxConnections, http.http1MaxPendingRequests, http.http2MaxRequests and http.maxRetries (or a retryBudget) in "
            + "spec.trafficPolicy, and all of them again in every override of connectionPool. Find your own numbers in the busiest client: twice the "
            + "highest upstream_cx_active and upstream_rq_active of a busy week, and raise a limit when upstream_rq_pending_overflow counts.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry],
        Parameters = [ExemptHosts, .. PoolDefaults.Parameters],
        Baseline = new ProfileDefault(GuardAction.Warn, Fix: true),
        Strict = new ProfileDefault(GuardAction.Deny, Fix: true),
        Fixable = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var scope = new HostScope(x.Subject);
        if (scope.IsOnlyNames || scope.IsAmong(x.Get(ExemptHosts)))
            return;
        foreach (var map in PolicyInForce.Of(x).Maps)
        {
            if (!map.Decides("connectionPool"u8))
                continue;
            var pool = map.Message("connectionPool"u8);
            var missing =
                (PoolLimit.Connections.IsMissing(pool, x.Read) ? 1 : 0)
                + (PoolLimit.Pending.IsMissing(pool, x.Read) ? 1 : 0)
                + (PoolLimit.Requests.IsMissing(pool, x.Read) ? 1 : 0);
            var retries = PoolLimit.Retries.IsMissing(pool, x.Read) && !map.Of("retryBudget"u8).Exists;
            if (missing > 0 || retries)
                x.Report(Unlimited(x, map, scope, missing, retries));
            OneAtATime(x, map, scope);
        }
    }

    /// <summary>Often left over from an example of circuit breaking: the second request at the same time is refused.</summary>
    private static void OneAtATime(Inspection x, MapInForce map, HostScope scope)
    {
        foreach (var limit in (PoolLimit[])[PoolLimit.Connections, PoolLimit.Requests])
        {
            var value = limit.In(map.Node["connectionPool"u8], x.Read);
            if (x.Read.Integer(value) is not 1)
                continue;
            x.Report(
                new Finding(
                    value,
                    $"{map.Key} {limit.Field} 1",
                    $"{limit.Field} is 1: each client proxy, a gateway with all its callers too, has one of {map.Whom(scope.Host)}'s "
                        + $"{limit.Bounds} at a time, and what comes beside it waits or gets 503"
                )
                {
                    Found = "1",
                    Limit = "what the busiest client needs",
                    Remedy = $"{limit.Field}: {limit.Usual}",
                    AtMost = GuardAction.Warn,
                }
            );
        }
    }

    /// <summary>
    /// One finding a map. Retries alone are advice: a retryBudget may stand in the mesh's other rules, and Envoy's own limit of 3 is too small for
    /// many.
    /// </summary>
    private static Finding Unlimited(Inspection x, MapInForce map, HostScope scope, int missingLimits, bool retries)
    {
        var pool = map.Message("connectionPool"u8);
        var isMesh = map.IsFromMesh("connectionPool"u8);
        var replaced = isMesh ? pool : map.Replaced("connectionPool"u8);
        var missing = PoolDefaults.Limits(x).Where(l => l.Limit.IsMissing(pool, x.Read) && (l.Limit != PoolLimit.Retries || retries)).ToArray();
        var lost = missing.Where(l => l.Limit.IsSet(replaced, x.Read)).ToArray();
        var leaves = (isMesh ? PoolDefaults.Limits(x) : missing).Select(l => l.Limit.LeafFrom(replaced, l.Value, x.Read)).ToArray();
        var path = missingLimits > 0 || isMesh ? "connectionPool" : PoolLimit.Retries.Path;
        var at = map.PlaceOf(path);
        string message;
        if (isMesh)
            message =
                $"{map.Whom(scope.Host)} has only the mesh's default limits, which lack {Names(missing)}: a connectionPool here replaces all of them";
        else if (lost.Length > 0)
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
            Edit = map.Layer == PolicyLayer.Top && scope.IsRepairable && !isMesh ? PolicyDefaults.Edit(x.Spec, leaves) : null,
            AtMost = missingLimits > 0 && scope.IsRepairable ? GuardAction.Deny : GuardAction.Warn,
        };
    }

    private static string Names(IEnumerable<(PoolLimit Limit, int Value)> limits) => string.Join(", ", limits.Select(l => l.Limit.Name));
}
