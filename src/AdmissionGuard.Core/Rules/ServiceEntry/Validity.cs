using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.ServiceEntry;

/// <summary>Istio accepts the ServiceEntry. See docs/facts/istio.md#validation.</summary>
internal static class Validity
{
    public static readonly Rule Rule = new()
    {
        Id = "service-entry-validity",
        Summary = "A ServiceEntry must be one that Istio accepts.",
        Why =
            "Istio's schema and its webhook refuse an invalid ServiceEntry: the deployment stops halfway, and where outside hosts must be "
            + "registered (REGISTRY_ONLY) every request to the new host fails "
            + "(istio pkg/config/validation/validation.go, ValidateServiceEntry).",
        Remedy = "Write what the finding asks for.",
        Kinds = [ObjectKind.ServiceEntry],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var refusal in RefusedServiceEntry.Of(x.Subject))
            x.Report(refusal);
    }
}
