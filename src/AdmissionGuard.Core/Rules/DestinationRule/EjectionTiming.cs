using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
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
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry],
        Parameters = [MinBase, MaxBase, MaxInterval, MaxConsecutive],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static readonly TimeSpan DefaultBase = TimeSpan.FromSeconds(30);

    private static void Check(Inspection x)
    {
        foreach (var map in PolicyInForce.Of(x).Maps)
        {
            var detection = x.Read.Map(map.Node["outlierDetection"u8]);
            if (!detection.Exists || !map.Decides("outlierDetection"u8))
                continue;
            Times(x, map, detection);
            Thresholds(x, map, new EjectionThresholds(detection, x.Read));
        }
    }

    private static void Times(Inspection x, MapInForce map, Node detection)
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

    private static Finding Wrong(Node at, MapInForce map, string key, TimeSpan found, string bound, TimeSpan limit, string effect)
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

    private static void Thresholds(Inspection x, MapInForce map, EjectionThresholds thresholds)
    {
        if (!thresholds.AreReadable)
            return;
        if (thresholds.NeverFirst($"{map.Key} gateway") is { } never)
            x.Report(never);
        var first = thresholds.First;
        var most = x.Get(MaxConsecutive);
        if (first <= most)
            return;
        var field = thresholds.FirstField;
        x.Report(
            new Finding(
                thresholds.FirstNode,
                $"{map.Key} threshold",
                $"{field} is {first}, at most {most} is allowed: so many requests in a row fail before the endpoint is ejected"
            )
            {
                Found = Shown.Value(thresholds.FirstNode),
                Limit = $"at most {most}",
                Excess = first - most,
                Remedy = $"{field}: {Math.Min(EjectionThresholds.Default5xx, most)}",
            }
        );
    }
}
