using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// Up to where outlier detection counts as able to fire: beyond, a setting switches it off in all but name. What is absent is Envoy's default, which
/// fires (docs/facts/istio.md#outlier-detection-fields, docs/facts/envoy.md#ejection-limit).
/// </summary>
/// <param name="MostErrors">In a row before an ejection.</param>
/// <param name="LongestInterval">Between two looks: only there an endpoint comes back.</param>
/// <param name="ShortestBase">Of an ejection: what comes back sooner has not been away.</param>
/// <param name="LongestBase">Of an ejection: what stays away longer is lost.</param>
internal sealed record DetectionReach(long MostErrors, TimeSpan LongestInterval, TimeSpan ShortestBase, TimeSpan LongestBase)
{
    /// <summary>Of ten endpoints one can be ejected: Envoy's own default, and the least that is written on purpose.</summary>
    public const long LeastPercent = 10;

    /// <summary>Above, one ejected endpoint of ten is panic: Envoy then sends requests to the ejected ones too.</summary>
    public const long MostHealthPercent = 90;

    /// <summary>What a rule without parameters of its own goes by.</summary>
    public static DetectionReach Usual { get; } = new(1000, TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));

    /// <summary>Whether it ejects endpoints for a while that users notice.</summary>
    public bool CanFire(Node detection, Reader read) => Never(detection, read) is null;

    /// <summary>Why it does not, by one field; null where it can fire, or what it says has the wrong type.</summary>
    public Unreached? Never(Node detection, Reader read)
    {
        if (!Counts(detection, read))
            return new Unreached(
                "consecutive5xxErrors",
                "so many errors in a row never happen, so nothing is ever ejected",
                $"1 to {MostErrors}",
                "5"
            );
        if (read.Duration(detection["interval"u8]) is { } interval && interval > LongestInterval)
            return new Unreached("interval", "ejected endpoints come back only at such a look", $"at most {Durations.Write(LongestInterval)}", "10s");
        if (read.Duration(detection["baseEjectionTime"u8]) is { } away && (away < ShortestBase || away > LongestBase))
        {
            return new Unreached(
                "baseEjectionTime",
                away > LongestBase ? "an endpoint that has recovered stays out" : "an ejected endpoint gets requests again at once",
                $"{Durations.Write(ShortestBase)} to {Durations.Write(LongestBase)}",
                "30s"
            );
        }
        if (read.Integer(detection["maxEjectionPercent"u8]) is > 0 and < LeastPercent)
            return new Unreached("maxEjectionPercent", "of ten endpoints none can be ejected", $"{LeastPercent} or more", "50");
        return read.Integer(detection["minHealthPercent"u8]) is > MostHealthPercent
            ? new Unreached("minHealthPercent", "one ejected endpoint of ten gets requests again at once", $"at most {MostHealthPercent}", "0")
            : null;
    }

    /// <summary>
    /// An absent threshold for 5xx is 5, an absent one for gateway errors is off. Local failures, once split off, are always counted: Istio passes
    /// their threshold on only above 0, and Envoy's own default of 5 stands otherwise (cluster_traffic_policy.go, applyOutlierDetection).
    /// </summary>
    private bool Counts(Node detection, Reader read)
    {
        if (IsReached(read.Integer(detection["consecutive5xxErrors"u8]) ?? EjectionThresholds.Default5xx))
            return true;
        if (read.Integer(detection["consecutiveGatewayErrors"u8]) is { } gateway && IsReached(gateway))
            return true;
        return read.Boolean(detection["splitExternalLocalOriginErrors"u8]) == true
            && (read.Integer(detection["consecutiveLocalOriginFailures"u8]) ?? 0) <= MostErrors;
    }

    private bool IsReached(long threshold) => threshold > 0 && threshold <= MostErrors;
}

/// <summary>A field by which outlier detection never takes effect.</summary>
/// <param name="Effect">What it does to users, in a sentence.</param>
/// <param name="Usual">To be written instead.</param>
internal sealed record Unreached(string Field, string Effect, string Limit, string Usual);
