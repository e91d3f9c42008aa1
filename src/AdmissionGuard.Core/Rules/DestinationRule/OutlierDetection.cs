using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Defaults;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>
/// Every host, subset and port must be able to eject a failing endpoint. See docs/facts/istio.md#outlier-detection-fields,
/// docs/facts/istio.md#port-policy, docs/facts/istio.md#bare-host and docs/facts/istio.md#locality-failover.
/// </summary>
internal static class OutlierDetection
{
    private static readonly NamesParameter ExemptHosts = new(
        "exemptHosts",
        "hosts that need none, such as databases behind a headless service; fully qualified, * allowed"
    );

    private static readonly IntegerParameter MaxErrors = new(
        "maxConsecutiveErrors",
        (int)DetectionReach.Usual.MostErrors,
        1,
        1000,
        "errors in a row up to which detection counts as able to fire"
    );
    private static readonly DurationParameter MaxInterval = new(
        "maxInterval",
        DetectionReach.Usual.LongestInterval,
        TimeSpan.FromSeconds(1),
        TimeSpan.FromHours(1),
        "interval up to which detection counts as able to fire"
    );

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-outlier-detection",
        Summary = "Every host, subset and port of a DestinationRule must have outlier detection that can fire.",
        Why =
            "Without it a failing endpoint keeps its share of the requests until somebody deletes the pod, and there is no failover between zones. "
            + "An entry in portLevelSettings that leaves it out removes it for that port, and so does one in a subset: Istio merges whole "
            + "messages (pilot/pkg/networking/util, MergeSubsetTrafficPolicy). "
            + "A threshold, an interval or a share out of all proportion switches it off in all but name, and so does a subset that nobody is "
            + "sent to. "
            + "outlierDetectionHttpErrorCodes only names what consecutive5xxErrors counts: with a threshold of 0 nothing is counted, so "
            + "nothing fires.",
        Remedy =
            "Set spec.trafficPolicy.outlierDetection, and repeat it in every portLevelSettings entry. Injecting it also makes clients prefer "
            + "endpoints of their own zone.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry, ObjectKind.VirtualService],
        Parameters = [ExemptHosts, MaxErrors, MaxInterval, .. DetectionDefaults.Parameters],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Fixable = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var scope = new HostScope(x.Subject);
        if (scope.IsOnlyNames || scope.IsAmong(x.Get(ExemptHosts)))
            return;
        var reach = DetectionReach.Usual with { MostErrors = x.Get(MaxErrors), LongestInterval = x.Get(MaxInterval) };
        foreach (var map in PolicyInForce.Of(x).Maps)
        {
            if (!map.Decides("outlierDetection"u8))
                continue;
            var detection = map.Node["outlierDetection"u8];
            var inForce = map.Message("outlierDetection"u8);
            if (inForce.Exists && (!x.Read.Map(inForce).Exists || reach.CanFire(inForce, x.Read)))
                continue;
            var without = map.SubsetsWithout("outlierDetection"u8);
            var onlyBareHost = map.IsForHost && without.Count == 0 && map.HasSubsets;
            var passesSubsets = onlyBareHost && SubsetUse.IsNobodys(x, scope.Qualified);
            x.Report(
                (detection.Exists ? NeverFires(x, reach, detection, map) : Missing(x, map, scope, onlyBareHost, without)) with
                {
                    Excess = onlyBareHost && !passesSubsets ? 0 : 1,
                    RestsOnAbsence = passesSubsets,
                    AtMost = scope.IsAdvice || (onlyBareHost && !passesSubsets) ? GuardAction.Warn : GuardAction.Deny,
                }
            );
        }
    }

    private static Finding Missing(Inspection x, MapInForce map, HostScope scope, bool onlyBareHost, IReadOnlyList<string> without)
    {
        var at = map.PlaceOf("outlierDetection");
        var whom = map.Whom(scope.Host);
        var replaced = map.Replaced("outlierDetection"u8);
        var leaves = DetectionDefaults.Leaves(x);
        return new Finding(
            at,
            map.Key,
            map.Layer switch
            {
                _ when onlyBareHost => $"{whom} has no outlier detection for requests that name no subset, only the subsets have it",
                PolicyLayer.Top when without.Count > 0 =>
                    $"{whom} and its {Subsets(without)} have no outlier detection: a failing endpoint keeps its share of the requests",
                PolicyLayer.Top => $"{whom} has no outlier detection: a failing endpoint keeps its share of the requests",
                _ when replaced.Exists => $"{whom} drops the outlier detection of {map.Above}: an entry for a port replaces everything",
                _ => $"{whom} has no outlier detection: an entry for a port takes none from elsewhere",
            }
        )
        {
            Remedy =
                replaced.HasEntries && DetectionReach.Usual.CanFire(replaced, x.Read)
                    ? Yaml.Write("outlierDetection", replaced)
                    : PolicyDefaults.Yaml(at, "outlierDetection", leaves),
            Edit = map.Layer == PolicyLayer.Top && scope.IsRepairable ? PolicyDefaults.Edit(x.Spec, leaves) : null,
        };
    }

    private static string Subsets(IReadOnlyList<string> names) =>
        names.Count switch
        {
            1 => $"subset {Shown.Clip(names[0], 63)}",
            <= 3 => $"subsets {string.Join(", ", names.Select(n => Shown.Clip(n, 63)))}",
            _ => $"{names.Count} subsets",
        };

    private static Finding NeverFires(Inspection x, DetectionReach reach, Node detection, MapInForce map)
    {
        var never = reach.Never(detection, x.Read)!;
        var written = detection[never.Field];
        var isOff = x.Read.Integer(detection["consecutive5xxErrors"u8]) is 0 && never.Field == "consecutive5xxErrors";
        return new Finding(
            Place.Of(detection, never.Field),
            map.Key,
            isOff
                ? "consecutive5xxErrors is 0 and no other threshold is set: nothing is ever ejected"
                : $"{never.Field} is {Shown.Value(written)}: {never.Effect}"
        )
        {
            Found = Shown.Value(written),
            Limit = isOff ? "1 or more" : never.Limit,
            Remedy = $"{never.Field}: {(isOff ? $"{x.Get(DetectionDefaults.Consecutive5xx)}" : never.Usual)}",
        };
    }
}
