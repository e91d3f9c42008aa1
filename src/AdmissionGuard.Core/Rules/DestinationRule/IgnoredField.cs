using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>A threshold that nobody reads any more. See docs/facts/istio.md#consecutive-errors.</summary>
internal static class IgnoredField
{
    /// <summary>What Envoy uses where no threshold is set.</summary>
    private const long EnvoyDefault = 5;

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-ignored-field",
        Summary = "A DestinationRule must not rely on consecutiveErrors, which Istio ignores.",
        Why =
            "consecutiveErrors is in the schema and is accepted, but pilot never reads it "
            + "(pilot/pkg/networking/core/cluster_traffic_policy.go, applyOutlierDetection): "
            + "Envoy's default of five 5xx in a row applies, whatever the number says. A team that wrote 50 to spare a slow service gets "
            + "ejections after 5.",
        Remedy = "Write consecutive5xxErrors instead, or consecutiveGatewayErrors where only 502, 503 and 504 shall count.",
        Kinds = [ObjectKind.DestinationRule],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var map in x.Subject.Policy.Maps)
        {
            var ignored = map.Node["outlierDetection"u8]["consecutiveErrors"u8];
            if (ignored.Exists)
                x.Report(Ignored(x, map));
        }
    }

    private static Finding Ignored(Inspection x, PolicyMap map)
    {
        var detection = map.Node["outlierDetection"u8];
        var ignored = detection["consecutiveErrors"u8];
        var counts = detection["consecutive5xxErrors"u8];
        var meant = x.Read.Integer(ignored) is { } number and > 0 ? number : EnvoyDefault;
        var effect = counts.Exists
            ? $"consecutive5xxErrors {Shown.Value(counts)} beside it counts, delete this line"
            : $"Envoy's default of {EnvoyDefault} counts";
        return new Finding(ignored, map.Key, $"consecutiveErrors is {Shown.Value(ignored)}, but Istio ignores it: {effect}")
        {
            Found = $"consecutiveErrors: {Shown.Value(ignored)}",
            Limit = "consecutive5xxErrors",
            Remedy = counts.Exists ? null : $"consecutive5xxErrors: {meant}",
            AtMost = GuardAction.Warn,
        };
    }
}
