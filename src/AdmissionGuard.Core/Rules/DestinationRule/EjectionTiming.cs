using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>
/// Endpoints are ejected soon, stay out for a while, and come back. See docs/facts/envoy.md#ejection-time and docs/facts/envoy.md#gateway-errors.
/// </summary>
internal static class EjectionTiming
{
    private static readonly DurationParameter MinBase = new(
        "minBaseEjectionTime",
        TimeSpan.FromSeconds(5),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromMinutes(5),
        "shortest baseEjectionTime"
    );
    private static readonly DurationParameter MaxBase = new(
        "maxBaseEjectionTime",
        TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromHours(24),
        "longest baseEjectionTime"
    );
    private static readonly DurationParameter MaxInterval = new(
        "maxInterval",
        TimeSpan.FromSeconds(60),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromHours(1),
        "longest interval between two looks at the endpoints"
    );
    private static readonly IntegerParameter MaxConsecutive = new(
        "maxConsecutiveErrors",
        20,
        1,
        1000,
        "most errors in a row before an endpoint is ejected"
    );

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-ejection-timing",
        Summary = "The outlier detection of a DestinationRule should eject soon, for a while, and take endpoints back.",
        Why =
            "A baseEjectionTime of a second or two lets a broken endpoint back before it has restarted, and requests fail in waves; one of an "
            + "hour keeps capacity out long after the fault is gone. "
            + "Envoy takes endpoints back only at the looks that interval sets, so a long one prolongs every ejection (Envoy documentation, "
            + "outlier detection). "
            + "Every gateway error is a 5xx too: a consecutiveGatewayErrors that is not below consecutive5xxErrors, which is 5 where it is "
            + "absent, is never reached first (networking/v1alpha3/destination_rule.proto).",
        Remedy =
            "Keep interval near 10s, baseEjectionTime near 30s and consecutive5xxErrors near 5, with a smaller consecutiveGatewayErrors or "
            + "consecutive5xxErrors: 0 beside it.",
        Kinds = [ObjectKind.DestinationRule],
        Parameters = [MinBase, MaxBase, MaxInterval, MaxConsecutive],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private const long Default5xx = 5;
    private static readonly TimeSpan DefaultBase = TimeSpan.FromSeconds(30);

    private static void Check(Inspection x)
    {
        foreach (var map in x.Subject.Policy.Maps)
        {
            var detection = x.Read.Map(map.Node["outlierDetection"u8]);
            if (!detection.Exists || !map.Decides("outlierDetection"u8))
                continue;
            Times(x, map, detection);
            Thresholds(x, map, detection);
        }
    }

    private static void Times(Inspection x, PolicyMap map, Node detection)
    {
        var written = detection["baseEjectionTime"u8];
        var @base = x.Read.Duration(written);
        if (@base < x.Get(MinBase))
            x.Report(Wrong(written, map, "base", @base.Value, "at least", x.Get(MinBase), "the endpoint is back before it has recovered"));
        else if (@base > x.Get(MaxBase))
            x.Report(
                Wrong(written, map, "base", @base.Value, "at most", x.Get(MaxBase), "an endpoint that has recovered stays out for all that time")
            );

        var interval = x.Read.Duration(detection["interval"u8]);
        if (interval is not { } between || (written.Exists && @base is null))
            return;
        var ejected = @base ?? DefaultBase;
        var twice = 2 * (ejected > x.Get(MinBase) ? ejected : x.Get(MinBase));
        var most = twice < x.Get(MaxInterval) ? twice : x.Get(MaxInterval);
        if (between > most)
            x.Report(
                Wrong(
                    detection["interval"u8],
                    map,
                    "interval",
                    between,
                    "at most",
                    most,
                    $"endpoints come back only at such a look, up to {Durations.Write(between)} after their {Durations.Write(ejected)} of ejection"
                )
            );
    }

    private static Finding Wrong(Node at, PolicyMap map, string key, TimeSpan found, string bound, TimeSpan limit, string effect)
    {
        var field = key == "base" ? "baseEjectionTime" : "interval";
        var allowed = $"{bound} {Durations.Write(limit)}";
        return new Finding(at, $"{map.Key} {key} {bound}", $"{field} is {Durations.Write(found)}, {allowed} is allowed: {effect}")
        {
            Found = Shown.Value(at),
            Limit = allowed,
            Excess = Math.Abs((found - limit).TotalSeconds),
            Remedy = $"{field}: {Durations.Write(limit)}",
        };
    }

    /// <summary>
    /// A threshold of 0 is off. What is absent is 5 for 5xx and off for gateway errors (docs/facts/istio.md#outlier-detection-fields).
    /// </summary>
    private static void Thresholds(Inspection x, PolicyMap map, Node detection)
    {
        var (any, gateway) = (detection["consecutive5xxErrors"u8], detection["consecutiveGatewayErrors"u8]);
        if ((any.Exists && x.Read.Integer(any) is null) || (gateway.Exists && x.Read.Integer(gateway) is null))
            return;
        var of5xx = x.Read.Integer(any) ?? Default5xx;
        var ofGateway = x.Read.Integer(gateway) ?? 0;
        if (of5xx > 0 && ofGateway >= of5xx)
        {
            x.Report(
                new Finding(
                    gateway,
                    $"{map.Key} gateway",
                    $"consecutiveGatewayErrors is {ofGateway}, it must be less than consecutive5xxErrors, which is "
                        + $"{of5xx}{(any.Exists ? "" : " by default")}: a gateway error counts as a 5xx too, so this is never reached "
                        + $"first{(of5xx == 1 ? ", delete the line" : "")}"
                )
                {
                    Found = Shown.Value(gateway),
                    Limit = $"less than {of5xx}",
                    Excess = ofGateway - of5xx + 1,
                    Remedy =
                        !any.Exists ? $"consecutive5xxErrors: 0\nconsecutiveGatewayErrors: {ofGateway}"
                        : of5xx > 1 ? $"consecutiveGatewayErrors: {of5xx - 1}"
                        : null,
                }
            );
        }
        var byGateway = ofGateway > 0 && (of5xx <= 0 || ofGateway < of5xx);
        var first = byGateway ? ofGateway : of5xx;
        if (first <= x.Get(MaxConsecutive))
            return;
        var field = byGateway ? "consecutiveGatewayErrors" : "consecutive5xxErrors";
        x.Report(
            new Finding(
                byGateway ? gateway : any,
                $"{map.Key} threshold",
                $"{field} is {first}, at most {x.Get(MaxConsecutive)} is allowed: so many requests in a row fail before the endpoint is ejected"
            )
            {
                Found = Shown.Value(byGateway ? gateway : any),
                Limit = $"at most {x.Get(MaxConsecutive)}",
                Excess = first - x.Get(MaxConsecutive),
                Remedy = $"{field}: {Math.Min(Default5xx, x.Get(MaxConsecutive))}",
            }
        );
    }
}
