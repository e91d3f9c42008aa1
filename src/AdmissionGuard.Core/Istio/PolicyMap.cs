using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>A map of a DestinationRule in which messages of a traffic policy can stand.</summary>
/// <param name="Node">Absent for a top level that is not there: its silence counts.</param>
/// <param name="IsInert">A second entry for a port: the first one counts (docs/facts/istio.md#port-policy), nobody reads this.</param>
public readonly record struct PolicyMap(Node Node, PolicyLayer Layer, Node Subset, string? SubsetName, long? Port, bool IsInert = false)
{
    /// <summary>
    /// Whether what stands here, or that it is missing, is what somebody gets. A subset's policy inherits what it does not say; an entry for a port
    /// does not, except for the messages that no entry can hold.
    /// </summary>
    public bool Decides(ReadOnlySpan<byte> message) =>
        !IsInert
        && Layer switch
        {
            PolicyLayer.Top => true,
            PolicyLayer.TopPort => EffectivePolicy.IsPortLevel(message),
            PolicyLayer.Subset => Node[message].Exists,
            _ => EffectivePolicy.IsPortLevel(message),
        };

    /// <summary>Whether it is for the bare host, and for a subset only as far as that has nothing of its own.</summary>
    public bool IsForHost => Layer is PolicyLayer.Top or PolicyLayer.TopPort;

    /// <summary>In words that do not change when the object is edited elsewhere.</summary>
    public string Key =>
        Layer switch
        {
            PolicyLayer.Top => "host",
            PolicyLayer.TopPort => $"port {Port}{(IsInert ? " again" : "")}",
            PolicyLayer.Subset => $"subset {SubsetName}",
            _ => $"subset {SubsetName} port {Port}{(IsInert ? " again" : "")}",
        };

    /// <summary>What it replaces, in a sentence.</summary>
    public string Above => Layer == PolicyLayer.SubsetPort ? "the levels above" : "spec.trafficPolicy";

    /// <summary>Whom it is for, in a sentence.</summary>
    public string Whom(string host) =>
        Layer switch
        {
            PolicyLayer.Top => host.Length == 0 ? "the host" : Shown.Clip(host, 80),
            PolicyLayer.TopPort => $"port {Port}",
            PolicyLayer.Subset => $"subset {Shown.Clip(SubsetName!, 63)}",
            _ => $"port {Port} of subset {Shown.Clip(SubsetName!, 63)}",
        };
}
