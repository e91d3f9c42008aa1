using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>A route says itself what is tried again. See docs/facts/istio.md#default-retries.</summary>
internal static class Retries
{
    private static readonly NamesParameter ExemptRoutes = new("exemptRoutes", "names of routes that need none; * allowed");
    private static readonly IntegerParameter Attempts = new("attempts", 2, 1, 10, "injected: tries after the first");
    private static readonly TextParameter RetryOn = new(
        "retryOn",
        RetryPolicy.DefaultRetryOn,
        "injected: what is tried again; these are the failures of which the server did no work"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-retries",
        Summary = "Every route that forwards requests should say what is tried again.",
        Why =
            "Without a retries block the mesh decides: Istio's own default is 2 retries of what failed before the server did anything "
            + "(pilot/pkg/networking/core/route/retry/retry.go), "
            + "but one line in meshConfig.defaultHttpRetryPolicy changes it for every route at once, to retries of writes or to a retry storm. "
            + "Injecting pins Istio's own default. Nothing is reported or injected where the mesh is known to have a default of its own "
            + "(ConfigMap istio, or GuardSettings.spec.mesh): virtual-service-retry-attempts and virtual-service-retry-budget judge that one.",
        Remedy = "Write the retries block; attempts: 0 where nothing may be tried again.",
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.Rollout],
        LeavesAddedRoutes = true,
        Parameters = [ExemptRoutes, Attempts, RetryOn],
        Baseline = new ProfileDefault(GuardAction.Audit, Fix: true),
        Strict = new ProfileDefault(GuardAction.Audit, Fix: true),
        Fixable = true,
        Check = Check,
    };

    /// <summary>A VirtualService without hosts is a delegate: its root may set them (docs/facts/istio.md#delegate-defaults).</summary>
    private static void Check(Inspection x)
    {
        if (x.Spec["hosts"u8].Count == 0 || x.Settings.Mesh.DefaultHttpRetryPolicy.Exists)
            return;
        foreach (var route in x.Subject.Routes)
        {
            if (route.TakesDefaults && !route.Node["retries"u8].Exists && !route.IsNamedBy(x.Get(ExemptRoutes)))
                x.Report(Missing(x, route));
        }
    }

    private static Finding Missing(Inspection x, VirtualServiceRoute route)
    {
        var attempts = x.Get(Attempts);
        var retryOn = x.Get(RetryOn);
        var endless = RetryPolicy.CoversTimeouts(retryOn) && route.Retries(x.Read).Timeout is null;
        return new Finding(
            Place.Of(route.Node, "retries"),
            route.Key,
            $"{route.Title} has no retries of its own: it takes whatever the mesh's default is"
        )
        {
            Remedy = $"retries:\n  attempts: {attempts}\n  retryOn: {retryOn}",
            Edit = endless
                ? null
                : new Edit(
                    route.Node,
                    [new("retries/attempts", $"{attempts}"), new("retries/retryOn", $"\"{System.Text.Json.JsonEncodedText.Encode(retryOn)}\"")]
                ),
        };
    }
}
