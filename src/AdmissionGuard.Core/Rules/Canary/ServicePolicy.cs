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
        Summary = "The service of a Canary for Istio should have outlier detection, limits and a timeout.",
        Why =
            "Flagger makes the VirtualService and both DestinationRules from spec.service alone, and overwrites whatever is added to them: a "
            + "failing endpoint keeps its requests, and callers queue and wait without bound, "
            + "unless it stands here (flagger pkg/router/istio.go). What is wrong with what stands here is said by the rules of the objects that "
            + "Flagger makes. Limits of TCP connections have no place: Flagger's definition drops connectionPool.tcp.",
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
            if (map.Layer != PolicyLayer.Top)
                continue;
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
        if (map.Node["outlierDetection"u8].Exists)
            return;
        var leaves = DetectionDefaults.Leaves(x);
        var at = CanaryService.PlaceOf(service, map, "outlierDetection");
        x.Report(
            new Finding(at, $"{map.Key} outlierDetection", "the service has no outlier detection: a failing endpoint keeps its share of the requests")
            {
                Remedy = PolicyDefaults.Yaml(at, "outlierDetection", leaves),
                Edit = PolicyDefaults.Edit(service, leaves),
            }
        );
    }

    /// <summary>Without those of TCP, which Flagger's definition does not know.</summary>
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
                $"the service has no limit for {string.Join(", ", missing.Select(l => l.Limit.Bounds))}: callers pile up behind a slow server"
            )
            {
                Limit = string.Join(", ", missing.Select(l => l.Limit.Name)),
                Excess = missing.Length,
                Remedy = PolicyDefaults.Yaml(at, "connectionPool", leaves),
                Edit = PolicyDefaults.Edit(service, leaves),
            }
        );
    }

    /// <summary>Flagger's one route has the service's timeout and retries.</summary>
    private static void OfRoute(Inspection x, Node service)
    {
        var retries = new RetryPolicy(service, x.Read);
        if (!retries.IsReadable || service["timeout"u8].Exists)
            return;
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
}
