using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>Istio accepts the VirtualService. See docs/facts/istio.md#validation.</summary>
internal static class Validity
{
    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-validity",
        Summary = "A VirtualService must be one that Istio accepts.",
        Why =
            "Istio's schema and its webhook refuse an invalid VirtualService: the deployment stops halfway, with the objects before it changed and "
            + "this one as it was. Where the webhook is off or away, istiod stores it and may send Envoy routes that it rejects, so that proxies "
            + "keep their old configuration (istio pkg/config/validation/validation.go, ValidateVirtualService).",
        Remedy = "Write what the finding asks for.",
        Kinds = [ObjectKind.VirtualService],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var refusal in RefusedVirtualService.Of(x.Subject, x.Subject.Routes))
            x.Report(refusal);
    }
}
