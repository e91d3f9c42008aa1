using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>Istio accepts the DestinationRule. See docs/facts/istio.md#validation.</summary>
internal static class Validity
{
    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-validity",
        Summary = "A DestinationRule must be one that Istio accepts.",
        Why =
            "Istio's schema and its webhook refuse an invalid DestinationRule: the deployment stops halfway, and the subsets, limits and ejection "
            + "that came with it are not there. A route that was applied before it and names a new subset answers 503 "
            + "(istio pkg/config/validation/validation.go, ValidateDestinationRule).",
        Remedy = "Write what the finding asks for.",
        Kinds = [ObjectKind.DestinationRule],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var refusal in RefusedDestinationRule.Of(x.Subject))
            x.Report(refusal);
    }
}
