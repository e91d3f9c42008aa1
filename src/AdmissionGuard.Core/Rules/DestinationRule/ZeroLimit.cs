using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>A limit of 0 is none. See docs/facts/istio.md#connection-pool-limits.</summary>
internal static class ZeroLimit
{
    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-zero-limit",
        Summary = "A limit of a DestinationRule's connectionPool must not be 0, which means unlimited.",
        Why =
            "Istio passes these limits on only above 0 (pilot/pkg/networking/core/cluster_traffic_policy.go); 0 becomes 4294967295. Whoever "
            + "writes maxRetries: 0 to stop a retry storm "
            + "unleashes it, and whoever writes maxConnections: 0 to drain a service does not. maxRequestsPerConnection: 0 is fine: there it is "
            + "the documented word for no limit.",
        Remedy = "Write a number of 1 or more, or delete the line and let the default be injected. To send no traffic, change the route.",
        Kinds = [ObjectKind.DestinationRule],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var map in x.Subject.Policy.Maps)
        {
            var pool = x.Read.Map(map.Node["connectionPool"u8]);
            foreach (var limit in PoolLimit.All)
            {
                var value = limit.In(pool, x.Read);
                if (x.Read.Integer(value) is <= 0)
                    x.Report(Zero(map, limit, value));
            }
        }
    }

    private static Finding Zero(PolicyMap map, PoolLimit limit, Node value) =>
        new(value, $"{map.Key} {limit.Field}", $"{limit.Field} is {Shown.Value(value)}, which Istio takes for unlimited; 1 or more is a limit")
        {
            Found = Shown.Value(value),
            Limit = "1 or more",
            Remedy = $"{limit.Field}: {limit.Usual}",
        };
}
