using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>DR-001, DR-002, DR-003 of the catalogue: every host, subset and port must be able to eject a failing endpoint.</summary>
internal static class OutlierDetection
{
    private static readonly NamesParameter ExemptHosts = new("exemptHosts", "hosts that need none, such as databases behind a headless service; fully qualified, * allowed");
    private static readonly IntegerParameter Consecutive5xx = new("consecutive5xxErrors", 5, 1, 100, "injected: errors in a row before an endpoint is ejected");
    private static readonly DurationParameter Interval = new("interval", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), "injected: time between two looks at the endpoints");
    private static readonly DurationParameter BaseEjection = new("baseEjectionTime", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15), "injected: an ejection lasts this long times the number of ejections");
    private static readonly IntegerParameter MaxEjection = new("maxEjectionPercent", 50, 1, 100, "injected: Envoy's default of 10 ejects nothing below 10 endpoints");

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-outlier-detection",
        Summary = "Every host, subset and port of a DestinationRule must have outlier detection that can fire.",
        Why = "Without it a failing endpoint keeps its share of the requests until somebody deletes the pod, and there is no failover between zones. "
            + "An entry in portLevelSettings that leaves it out removes it for that port, and so does one in a subset: Istio merges whole messages (pilot/pkg/networking/util, MergeSubsetTrafficPolicy).",
        Remedy = "Set spec.trafficPolicy.outlierDetection, and repeat it in every portLevelSettings entry. Injecting it also makes clients prefer endpoints of their own zone.",
        Kinds = [ObjectKind.DestinationRule],
        Parameters = [ExemptHosts, Consecutive5xx, Interval, BaseEjection, MaxEjection],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Fixable = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var scope = new HostScope(x.Subject);
        if (Wildcard.MatchesAny(x.Get(ExemptHosts), scope.Qualified)) return;
        var targets = x.Subject.Policy.Targets;
        var subsetsProtected = SubsetsProtected(x, targets);
        List<string>? told = null;
        foreach (var target in targets)
        {
            var found = x.Subject.Policy.Of("outlierDetection"u8, target);
            var key = EffectivePolicy.KeyOf(found, target);
            if (CanFire(found.Value, x.Read) || told?.Contains(key) == true) continue;
            (told ??= []).Add(key);
            x.Report(found.Value.Exists ? NeverFires(x, found, key, scope) : Missing(x, found, target, key, scope, subsetsProtected));
        }
    }

    private static Finding Missing(Inspection x, EffectiveMessage found, PolicyTarget target, string key, HostScope scope, bool subsetsProtected)
    {
        var atTop = found.Layer == PolicyLayer.Top;
        var advice = scope.IsAdvice || (atTop && subsetsProtected);
        var lost = !atTop && Topmost(x).Exists;
        var message = (atTop, lost) switch
        {
            (true, _) when subsetsProtected => $"requests to the bare host {scope.Host} have no outlier detection, only its subsets have",
            (true, _) => $"{scope.Host} has no outlier detection: a failing endpoint keeps its share of the requests",
            (_, true) => $"{Whom(found, target)} drops the outlier detection of spec.trafficPolicy: the entry replaces it as a whole",
            _ => $"{Whom(found, target)} has no outlier detection: the entry takes none from elsewhere",
        };
        return new Finding(x.Subject.Policy.PlaceOf(found, "outlierDetection"), key, message)
        {
            Remedy = Yaml(x, atTop && !found.Holder.Exists ? "trafficPolicy:\n  " : "", atTop && !found.Holder.Exists ? "    " : "  "),
            Edit = atTop && scope.IsRepairable ? Repair(x) : null,
            AtMost = advice ? GuardAction.Warn : GuardAction.Deny,
        };
    }

    private static Finding NeverFires(Inspection x, EffectiveMessage found, string key, HostScope scope) =>
        new(found.Value["consecutive5xxErrors"u8], $"{key} never fires", "consecutive5xxErrors is 0 and no other threshold is set: nothing is ever ejected")
        {
            Found = "0",
            Limit = "1",
            Remedy = $"consecutive5xxErrors: {x.Get(Consecutive5xx)}",
            AtMost = scope.IsAdvice ? GuardAction.Warn : GuardAction.Deny,
        };

    /// <summary>An absent threshold for 5xx is 5, an absent one for gateway errors is off; local failures count on their own only when split (facts 1.2).</summary>
    private static bool CanFire(Node detection, Reader read)
    {
        if (!read.Map(detection).Exists) return false;
        if (read.Integer(detection["consecutive5xxErrors"u8]) is not 0) return true;
        if (read.Integer(detection["consecutiveGatewayErrors"u8]) > 0) return true;
        return read.Boolean(detection["splitExternalLocalOriginErrors"u8]) == true && read.Integer(detection["consecutiveLocalOriginFailures"u8]) is not 0;
    }

    private static bool SubsetsProtected(Inspection x, IReadOnlyList<PolicyTarget> targets)
    {
        var subsets = 0;
        foreach (var target in targets)
        {
            if (target.SubsetName is null) continue;
            subsets++;
            if (!CanFire(x.Subject.Policy.Of("outlierDetection"u8, target).Value, x.Read)) return false;
        }
        return subsets > 0;
    }

    private static Node Topmost(Inspection x) => x.Spec["trafficPolicy"u8]["outlierDetection"u8];

    private static string Whom(EffectiveMessage found, PolicyTarget target) =>
        found.Layer == PolicyLayer.SubsetPort ? $"port {target.Port} of subset {target.SubsetName}" : $"port {target.Port}";

    private static string Yaml(Inspection x, string lead, string indent) =>
        $"{lead}outlierDetection:\n{indent}consecutive5xxErrors: {x.Get(Consecutive5xx)}\n{indent}interval: {Durations.Write(x.Get(Interval))}\n"
        + $"{indent}baseEjectionTime: {Durations.Write(x.Get(BaseEjection))}\n{indent}maxEjectionPercent: {x.Get(MaxEjection)}";

    private static Edit Repair(Inspection x)
    {
        const string at = "trafficPolicy/outlierDetection/";
        return new Edit(x.Spec,
        [
            new(at + "consecutive5xxErrors", $"{x.Get(Consecutive5xx)}"),
            new(at + "interval", $"\"{Durations.Write(x.Get(Interval))}\""),
            new(at + "baseEjectionTime", $"\"{Durations.Write(x.Get(BaseEjection))}\""),
            new(at + "maxEjectionPercent", $"{x.Get(MaxEjection)}"),
        ]);
    }
}
