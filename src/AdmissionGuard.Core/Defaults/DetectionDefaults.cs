using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Defaults;

/// <summary>The outlier detection that rules inject, with the parameters that set it.</summary>
internal static class DetectionDefaults
{
    public static readonly IntegerParameter Consecutive5xx = new(
        "consecutive5xxErrors",
        5,
        1,
        100,
        "injected: errors in a row before an endpoint is ejected"
    );
    private static readonly DurationParameter Interval = new(
        "interval",
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromMinutes(5),
        "injected: time between two looks at the endpoints"
    );
    private static readonly DurationParameter BaseEjection = new(
        "baseEjectionTime",
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromMinutes(15),
        "injected: an ejection lasts this long times the number of ejections"
    );
    private static readonly IntegerParameter MaxEjection = new(
        "maxEjectionPercent",
        50,
        1,
        100,
        "injected: Envoy's default of 10 ejects nothing below 10 endpoints"
    );

    /// <summary>Of every rule that injects it.</summary>
    public static readonly Parameter[] Parameters = [Consecutive5xx, Interval, BaseEjection, MaxEjection];

    /// <summary>What is injected, by the parameters of the rule that runs.</summary>
    public static Edit.Leaf[] Leaves(Inspection x) =>
        [
            Edit.Leaf.Of("outlierDetection/consecutive5xxErrors", x.Get(Consecutive5xx)),
            Edit.Leaf.Of("outlierDetection/interval", x.Get(Interval)),
            Edit.Leaf.Of("outlierDetection/baseEjectionTime", x.Get(BaseEjection)),
            Edit.Leaf.Of("outlierDetection/maxEjectionPercent", x.Get(MaxEjection)),
        ];
}
