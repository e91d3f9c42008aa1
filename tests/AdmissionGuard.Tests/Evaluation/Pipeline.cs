using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>Reviews of the DestinationRule shop/api by its connection pool, for what happens around a rule.</summary>
internal static class Pipeline
{
    public const string Id = "destination-rule-connection-pool";

    /// <summary>Nothing is found; in the next two one thing is, which a repair can mend.</summary>
    public const string Full =
        "{'connectionPool': {'tcp': {'maxConnections': 100}, 'http': {'http1MaxPendingRequests': 2, 'http2MaxRequests': 300, 'maxRetries': 4}}}";

    public const string Bare = "{'loadBalancer': {}}";

    public const string Other = "{'loadBalancer': {'simple': 'RANDOM'}}";

    public static string Api(string trafficPolicy, string metadata = "") =>
        $"{{'apiVersion': 'networking.istio.io/v1', 'kind': 'DestinationRule', 'metadata': {{'name': 'api', 'namespace': 'shop'{metadata}}}, "
        + $"'spec': {{'host': 'api', 'trafficPolicy': {trafficPolicy}}}}}";

    public static GuardPolicy Policy(
        string name = "test",
        bool fix = false,
        PolicyMode mode = PolicyMode.Enforce,
        bool ratchet = true,
        Match? match = null,
        GuardAction action = GuardAction.Deny
    ) => new(name, [RuleSetting.Of(Catalogue.Find(Id)!, Profile.Baseline) with { Action = action, Fix = fix }], match, mode, ratchet);

    public static GuardException Exception(DateTimeOffset expires, string name = "legacy", string rule = Id, string of = "api") =>
        new(name, [Catalogue.Find(rule)!], [new ObjectKey(ObjectKind.DestinationRule, "shop", of)], "team-shop", "until the migration", expires);

    public static IEnumerable<string> Lines(Verdict verdict) => verdict.Judgements.Select(j => $"{j.Rule} {j.Action} {j.Because}");
}
