using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Defaults;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Canary;

/// <summary>
/// What Flagger writes for Istio has the protection that others must have. See docs/facts/flagger.md#generated-objects and
/// docs/facts/flagger.md#service-schema.
/// </summary>
internal static class ServicePolicy
{
    private static readonly DurationParameter Timeout = new(
        "timeout",
        TimeSpan.FromSeconds(15),
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromHours(1),
        "injected where the service has none"
    );

    private static readonly BooleanParameter IstioByDefault = new(
        "istioByDefault",
        false,
        "the controller's -mesh-provider is istio, so that a Canary without a provider is for Istio"
    );

    public static readonly Rule Rule = new()
    {
        Id = "canary-service-policy",
        Summary = "The service of a Canary for Istio should have outlier detection, limits, a timeout and only safe retries.",
        Why =
            "Flagger makes the VirtualService and both DestinationRules from spec.service alone, and overwrites whatever is added to them: a "
            + "failing endpoint keeps its requests, and callers queue and wait without bound, "
            + "unless it stands here (flagger pkg/router/istio.go).",
        Remedy =
            "Set spec.service.trafficPolicy.outlierDetection and connectionPool, and spec.service.timeout; services of streams need an exception.",
        Kinds = [ObjectKind.Canary],
        Parameters = [.. DetectionDefaults.Parameters, .. PoolDefaults.HttpParameters, Timeout, IstioByDefault],
        Baseline = GuardAction.Off,
        Strict = new ProfileDefault(GuardAction.Warn, Fix: true),
        Fixable = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var service = x.Read.Map(x.Spec["service"u8]);
        if (!service.Exists || !CanaryService.IsForIstio(x.Spec, service, x.Get(IstioByDefault)))
            return;
        foreach (var map in new EffectivePolicy(service, x.Read).Maps)
        {
            if (map.Decides("outlierDetection"u8))
                Ejection(x, service, map);
            if (map.Decides("connectionPool"u8))
                Limits(x, service, map);
        }
        if (CanaryService.IsHttp(service))
            OfRoute(x, service);
    }

    private static void Ejection(Inspection x, Node service, PolicyMap map)
    {
        var detection = map.Node["outlierDetection"u8];
        if (detection.Exists && (!detection.IsObject || EjectionThresholds.CanFire(detection, x.Read)))
            return;
        var leaves = DetectionDefaults.Leaves(x);
        var at = CanaryService.PlaceOf(service, map, detection.Exists ? "outlierDetection/consecutive5xxErrors" : "outlierDetection");
        x.Report(
            new Finding(
                at,
                $"{map.Key} outlierDetection",
                detection.Exists
                    ? "consecutive5xxErrors is 0 and no other threshold is set: nothing is ever ejected"
                    : $"{CanaryService.Whom(map)} has no outlier detection: a failing endpoint keeps its share of the requests"
            )
            {
                Remedy = detection.Exists
                    ? $"consecutive5xxErrors: {x.Get(DetectionDefaults.Consecutive5xx)}"
                    : PolicyDefaults.Yaml(at, "outlierDetection", leaves),
                Edit = detection.Exists || map.Layer != PolicyLayer.Top ? null : PolicyDefaults.Edit(service, leaves),
            }
        );
    }

    /// <summary>Of HTTP: <c>connectionPool.tcp</c> is not a field of a Canary.</summary>
    private static void Limits(Inspection x, Node service, PolicyMap map)
    {
        var pool = map.Node["connectionPool"u8];
        var missing = PoolDefaults.HttpLimits(x).Where(l => l.Limit.IsMissing(pool, x.Read)).ToArray();
        if (missing.Length == 0 || (missing is [var one] && one.Limit == PoolLimit.Retries))
            return;
        var leaves = missing.Select(l => Edit.Leaf.Of(l.Limit.Path, l.Value)).ToArray();
        var at = CanaryService.PlaceOf(service, map, "connectionPool");
        x.Report(
            new Finding(
                at,
                $"{map.Key} connectionPool",
                $"{CanaryService.Whom(map)} has no limit for {string.Join(", ", missing.Select(l => l.Limit.Bounds))}: "
                    + "callers pile up behind a slow server"
            )
            {
                Limit = string.Join(", ", missing.Select(l => l.Limit.Name)),
                Excess = missing.Length,
                Remedy = PolicyDefaults.Yaml(at, "connectionPool", leaves),
                Edit = map.Layer == PolicyLayer.Top ? PolicyDefaults.Edit(service, leaves) : null,
            }
        );
    }

    /// <summary>Flagger's one route has the service's timeout and retries.</summary>
    private static void OfRoute(Inspection x, Node service)
    {
        var retries = new RetryPolicy(service, x.Read);
        if (!retries.IsReadable)
            return;
        if (!service["timeout"u8].Exists)
        {
            var timeout = x.Get(Timeout);
            var fits = retries.TriesTake <= timeout.TotalSeconds && !(retries.PerTry >= timeout);
            x.Report(
                new Finding(Place.Of(service, "timeout"), "timeout", "the service has no timeout: a request to a slow server waits for ever")
                {
                    Remedy = $"timeout: {Durations.Write(fits ? timeout : TimeSpan.FromSeconds(Math.Min(Math.Ceiling(retries.TriesTake) + 1, 9e8)))}",
                    Edit = fits ? new Edit(service, [new("timeout", $"\"{Durations.Write(timeout)}\"")]) : null,
                }
            );
        }
        else if (retries.Timeout is null)
        {
            x.Report(
                new Finding(service["timeout"u8], "timeout", "timeout 0s switches the timeout off: a request to a slow server waits for ever")
                {
                    Remedy = $"timeout: {Durations.Write(x.Get(Timeout))}",
                }
            );
        }
        if (CanaryService.Repeating(retries) is { } repeating)
            x.Report(repeating);
    }
}
