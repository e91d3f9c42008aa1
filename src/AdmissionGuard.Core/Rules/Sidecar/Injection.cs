using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Sidecar;

/// <summary>Policies of a namespace without proxies do nothing for its own pods. See docs/facts/istio.md#sidecar-injection.</summary>
internal static class Injection
{
    public static readonly Rule Rule = new()
    {
        Id = "sidecar-injection",
        FormerIds = ["virtual-service-injection"],
        Summary = "A namespace with VirtualServices for the mesh, DestinationRules or Canaries of Istio should have its pods in the mesh.",
        Why =
            "Routes, timeouts, retries, outlier detection and limits are the work of the caller's proxy: pods without one send their requests "
            + "past all of them, and nothing says so "
            + "(Istio, Installing the Sidecar). Callers of other namespaces that have proxies do follow them.",
        Remedy =
            "Label the namespace istio-injection: enabled, or with the istio.io/rev of your control plane, and restart its pods; in ambient "
            + "mode istio.io/dataplane-mode: ambient.",
        Kinds = [ObjectKind.VirtualService, ObjectKind.DestinationRule, ObjectKind.Canary],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Subject.Namespace == x.Settings.RootNamespace)
            return;
        if (x.Subject.Kind == ObjectKind.VirtualService && !x.Subject.Attachment.IncludesMesh)
            return;
        if (x.Subject.Kind == ObjectKind.Canary && !x.Spec["provider"u8].IsText("istio"u8))
            return;
        var known = x.World.NamespaceOf(x.Subject.Namespace);
        if (!known.Exists || IsInMesh(known["metadata"u8]["labels"u8]))
            return;
        if (x.Subject.Kind == ObjectKind.Canary)
        {
            x.Report(Unlabelled(x, x.Spec["provider"u8], "weights that Flagger writes for Istio move none of their requests"));
            return;
        }
        var audience = new Audience(x.Spec["exportTo"u8], x.Subject.Namespace);
        var effect =
            audience.Namespaces is [var only] && only == x.Subject.Namespace ? "nobody follows it" : "only callers of other namespaces follow it";
        x.Report(Unlabelled(x, x.Spec, effect));
    }

    private static Finding Unlabelled(Inspection x, Node at, string effect) =>
        new(at, "namespace", $"namespace {Shown.Clip(x.Subject.Namespace, 63)} has no label that gives its pods proxies: {effect}")
        {
            Limit = "istio-injection=enabled, istio.io/rev or istio.io/dataplane-mode",
        };

    private static bool IsInMesh(Node labels) =>
        labels["istio-injection"u8].IsText("enabled"u8)
        || labels["istio.io/rev"u8].Text is { Length: > 0 }
        || labels["istio.io/dataplane-mode"u8].Text is { Length: > 0 } and not "none";
}
