using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// The errors in a row after which outlier detection ejects an endpoint. A threshold of 0 is off. What is absent is 5 for 5xx and off for gateway
/// errors (docs/facts/istio.md#outlier-detection-fields).
/// </summary>
internal readonly struct EjectionThresholds
{
    public const long Default5xx = 5;

    private readonly Node any;
    private readonly Node gateway;
    private readonly long of5xx;
    private readonly long ofGateway;

    public EjectionThresholds(Node detection, Reader read)
    {
        any = detection["consecutive5xxErrors"u8];
        gateway = detection["consecutiveGatewayErrors"u8];
        var written5xx = read.Integer(any);
        var writtenGateway = read.Integer(gateway);
        AreReadable = written5xx is null != any.Exists && writtenGateway is null != gateway.Exists;
        of5xx = written5xx ?? Default5xx;
        ofGateway = writtenGateway ?? 0;
    }

    /// <summary>False where one has the wrong type.</summary>
    public bool AreReadable { get; }

    /// <summary>The threshold that is reached first; 0 where none can be.</summary>
    public long First => IsByGateway ? ofGateway : of5xx;

    public string FirstField => IsByGateway ? "consecutiveGatewayErrors" : "consecutive5xxErrors";

    public Node FirstNode => IsByGateway ? gateway : any;

    private bool IsByGateway => ofGateway > 0 && (of5xx <= 0 || ofGateway < of5xx);

    /// <summary>What is said of a threshold for gateway errors that the one for 5xx is always reached before; null where it is not so.</summary>
    public Finding? NeverFirst(string key)
    {
        if (of5xx <= 0 || ofGateway < of5xx)
            return null;
        var lower = of5xx > 1 ? $"consecutiveGatewayErrors: {of5xx - 1}" : null;
        return new Finding(
            gateway,
            key,
            $"consecutiveGatewayErrors is {ofGateway}, it must be less than consecutive5xxErrors, which is "
                + $"{of5xx}{(any.Exists ? "" : " by default")}: a gateway error counts as a 5xx too, so this is never reached "
                + $"first{(of5xx == 1 ? ", delete the line" : "")}"
        )
        {
            Found = Shown.Value(gateway),
            Limit = $"less than {of5xx}",
            Excess = ofGateway - of5xx + 1,
            Remedy = any.Exists ? lower : $"consecutive5xxErrors: 0\nconsecutiveGatewayErrors: {ofGateway}",
        };
    }
}
