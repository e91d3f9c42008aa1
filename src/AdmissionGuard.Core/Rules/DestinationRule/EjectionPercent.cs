using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>
/// Enough endpoints can be ejected to matter, and not so many that none is left. See docs/facts/envoy.md#ejection-limit and
/// docs/facts/istio.md#panic-threshold.
/// </summary>
internal static class EjectionPercent
{
    private static readonly IntegerParameter AssumedReplicas = new(
        "assumedReplicas",
        3,
        2,
        1000,
        "endpoints of a host or subset, of which one at least must be ejectable"
    );
    private static readonly IntegerParameter MaxEjection = new(
        "maxEjectionPercentLimit",
        Usual,
        Usual,
        100,
        "most percent of the endpoints that may be ejected at once where minHealthPercent is 0 and nothing fails over to another place"
    );
    private static readonly IntegerParameter MaxMinHealth = new("minHealthPercentLimit", 50, 0, 100, "highest minHealthPercent");

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-ejection-percent",
        Summary = "The outlier detection of a DestinationRule should be able to eject one endpoint of a few, and leave enough of them.",
        Why =
            "Envoy's maxEjectionPercent is a hard limit since 2023 (envoyproxy/envoy#27909), and 10 where it is unset or 0: of nine endpoints "
            + "or fewer none is ever ejected, whatever it answers. "
            + "Istio switches Envoy's panic mode off (pilot/pkg/networking/core/cluster_traffic_policy.go, applyOutlierDetection; "
            + "istio/istio#20135): once every endpoint is ejected, callers get 503 and the outage is complete. "
            + "A minHealthPercent above 0 brings it back: below that share of healthy endpoints, requests go to the ejected ones again.",
        Remedy =
            "Set maxEjectionPercent to 50: one of two endpoints can be ejected, and half of them stay. More is right where localityLbSetting "
            + "has a failover to go to.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry],
        Parameters = [AssumedReplicas, MaxEjection, MaxMinHealth],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    /// <summary>Of Envoy, where the field is absent; Istio passes 0 on as absent (docs/facts/istio.md#outlier-detection-fields).</summary>
    private const long EnvoyDefault = 10;

    /// <summary>Ejects one of two endpoints, and is within every limit that the parameters allow.</summary>
    private const int Usual = 50;

    private static void Check(Inspection x)
    {
        var advice = new HostScope(x.Subject).IsAdvice ? GuardAction.Warn : GuardAction.Deny;
        foreach (var map in PolicyInForce.Of(x).Maps)
        {
            var detection = x.Read.Map(map.Node["outlierDetection"u8]);
            if (!detection.Exists || !map.Decides("outlierDetection"u8))
                continue;
            foreach (var finding in (Finding?[])[Share(x, map, detection), Health(x, map, detection)])
            {
                if (finding is not null)
                    x.Report(finding with { AtMost = advice });
            }
        }
    }

    private static Finding? Share(Inspection x, MapInForce map, Node detection)
    {
        var written = detection["maxEjectionPercent"u8];
        var value = x.Read.Integer(written);
        if (written.Exists && value is null)
            return null;
        var percent = value > 0 ? value.Value : EnvoyDefault;
        var replicas = x.Get(AssumedReplicas);
        var needed = (100 + replicas - 1) / replicas;
        if (percent < needed)
        {
            string actual;
            if (value > 0)
                actual = $"maxEjectionPercent is {percent}";
            else
                actual = $"maxEjectionPercent is {(written.Exists ? "0, which means " : "")}not set, so Envoy's default of {EnvoyDefault} counts";
            return Wrong(
                detection,
                "maxEjectionPercent",
                $"{map.Key} few",
                $"{actual}, at least {needed} is needed: with {replicas} endpoints none is ever ejected",
                $"{needed} or more",
                needed - percent
            );
        }
        var limit = x.Get(MaxEjection);
        if (
            percent <= limit
            || detection["minHealthPercent"u8].Exists && x.Read.Integer(detection["minHealthPercent"u8]) is not 0
            || LocalityFailover.IsOn(map.Of("loadBalancer"u8), x.Read)
        )
            return null;
        var effect =
            percent >= 100
                ? "all endpoints may be ejected at once, and callers get 503"
                : $"{100 - percent} % of the endpoints may be left to answer everything";
        return Wrong(
            detection,
            "maxEjectionPercent",
            $"{map.Key} many",
            $"maxEjectionPercent is {percent}, at most {limit} is allowed while minHealthPercent is 0: {effect}",
            $"at most {limit}",
            percent - limit
        );
    }

    private static Finding? Health(Inspection x, MapInForce map, Node detection)
    {
        var limit = x.Get(MaxMinHealth);
        if (x.Read.Integer(detection["minHealthPercent"u8]) is not { } percent || percent <= limit)
            return null;
        return Wrong(
            detection,
            "minHealthPercent",
            $"{map.Key} health",
            $"minHealthPercent is {percent}, at most {limit} is allowed: once fewer than {percent} % of the endpoints are healthy, requests "
                + $"go to the ejected ones again",
            $"at most {limit}",
            percent - limit,
            limit
        );
    }

    private static Finding Wrong(Node detection, string field, string key, string message, string limit, long excess, int usual = Usual) =>
        new(Place.Of(detection, field), key, message)
        {
            Found = Shown.Value(detection[field]),
            Limit = limit,
            Excess = excess,
            Remedy = $"{field}: {usual}",
        };
}
