using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>Who gets a rule does not change by the way, and private namespaces keep theirs. See docs/facts/istio.md#export-to.</summary>
internal static class Visibility
{
    private static readonly NamesParameter PrivateNamespaces = new(
        "privateNamespaces",
        "namespaces whose rules other namespaces must not get; * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-visibility",
        Summary = "An update of a DestinationRule should not take it away from clients, and a private namespace should export to itself only.",
        Why =
            "exportTo says which namespaces' clients get a rule, and absent means all (pkg/config/validation/validation.go, "
            + "validateExportTo). Whoever it leaves out falls back to no policy at once: "
            + "no limits, no outlier detection, no subsets, so routes to a subset answer 503. A rule that everybody gets decides over the "
            + "clients of other teams.",
        Remedy = "Give the clients' namespaces a rule of their own before you narrow exportTo; in a private namespace write exportTo: [\".\"].",
        Kinds = [ObjectKind.DestinationRule],
        Parameters = [PrivateNamespaces],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    /// <summary>A rule for chosen workloads reaches its own namespace only, whatever exportTo says.</summary>
    private static void Check(Inspection x)
    {
        if (x.Spec["workloadSelector"u8].Exists || Audience.Of(x.Subject) is not { } now)
            return;
        var at = Place.Of(x.Spec, "exportTo");
        if (now.IsAll && Wildcard.MatchesAny(x.Get(PrivateNamespaces), x.Subject.Namespace))
            x.Report(Public(x, at));
        if (x.Old is { } old && !old.Spec["workloadSelector"u8].Exists && Audience.Of(old) is { } before && Narrowed(at, before, now) is { } narrowed)
            x.Report(narrowed);
    }

    private static Finding Public(Inspection x, Place at) =>
        new(
            at,
            "public",
            $"exportTo is {(x.Spec["exportTo"u8].Exists ? "every namespace" : "not set, which means every namespace")}, but "
                + $"{x.Subject.Namespace} is private: clients of other namespaces get this rule"
        )
        {
            Limit = "its own namespace",
            Remedy = "exportTo: [\".\"]",
        };

    private static Finding? Narrowed(Place at, Audience before, Audience now)
    {
        var lost = now.LostSince(before);
        if (lost is { Count: 0 })
            return null;
        return new Finding(
            at,
            "narrowed",
            $"exportTo is {now}, it was {before}: clients of {(lost is null ? "all other namespaces" : Audience.Names(lost))} lose the "
                + $"limits, outlier detection and subsets of this rule at once"
        )
        {
            Found = now.ToString(),
            Limit = before.ToString(),
        };
    }
}
