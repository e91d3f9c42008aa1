using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>A metric of a Canary's analysis, as Flagger checks it (flagger pkg/controller/scheduler_metrics.go).</summary>
internal readonly struct CanaryMetric(Node node)
{
    public const string SuccessRate = "request-success-rate";
    public const string Duration = "request-duration";

    public Node Node => node;

    public string Name => node["name"u8].Text ?? "";

    /// <summary>Why no value can be a bad one; null where one can.</summary>
    public string? NeverFails
    {
        get
        {
            var range = node["thresholdRange"u8];
            if (!IsQueried)
                return $"{Shown.Quote(Shown.Clip(Name, 60))} is no metric of Flagger's own and has no templateRef: it is never looked at";
            if (range.IsObject)
                return range["min"u8].Exists || range["max"u8].Exists ? null : "thresholdRange has neither min nor max: every value is good";
            return Name == SuccessRate && !range.Exists && IsZero(node["threshold"u8]) ? "no thresholdRange, so 0 % of good answers is enough" : null;
        }
    }

    /// <summary>It is asked for, but no limit is set to it.</summary>
    public bool IsUnlimited => IsQueried && NeverFails is not null;

    /// <summary>Without a range the limit is <c>threshold</c>, 0 where that is absent: no request takes no time.</summary>
    public bool AlwaysFails => Name == Duration && !node["thresholdRange"u8].Exists && IsZero(node["threshold"u8]);

    private bool IsQueried => Name is SuccessRate or Duration || node["templateRef"u8].Exists || node["query"u8].Exists || !node["name"u8].Exists;

    private static bool IsZero(Node threshold) =>
        !threshold.Exists || (threshold.Kind == System.Text.Json.JsonValueKind.Number && threshold.Element.TryGetDouble(out var value) && value <= 0);
}
