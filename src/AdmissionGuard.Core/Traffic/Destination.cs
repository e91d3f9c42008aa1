using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;

namespace AdmissionGuard.Core.Traffic;

/// <summary>Where a route sends users, however it is written: <c>api</c> in namespace shop is <c>api.shop.svc.cluster.local</c>.</summary>
/// <param name="Host">Qualified.</param>
internal readonly record struct Destination(string Host, string? Subset, long? Port)
{
    /// <summary>From an item of an Istio route.</summary>
    public static Destination OfIstio(Node item, KubeObject of) => At(item["destination"u8], of);

    /// <summary>From a map of host, subset and port.</summary>
    public static Destination At(Node address, KubeObject of)
    {
        var destination = of.Read.Map(address);
        var subset = of.Read.Text(destination["subset"u8]);
        var port = of.Read.Integer(of.Read.Map(destination["port"u8])["number"u8]);
        return new Destination(of.Qualified(destination["host"u8]), subset is { Length: > 0 } ? subset : null, port);
    }

    /// <summary>The same pods, written once with the port and once without: no version changes.</summary>
    public bool DiffersOnlyByAnUnsaidPort(Destination other) => Host == other.Host && Subset == other.Subset && (Port is null || other.Port is null);

    /// <summary><c>canary of api</c>, <c>api:8080</c>; a host of the object's own namespace by its short name.</summary>
    public string Title(KubeObject of)
    {
        var suffix = $".{of.Namespace}.svc.{of.Settings.ClusterDomain}";
        var host = Host.EndsWith(suffix, StringComparison.Ordinal) ? Host[..^suffix.Length] : Host;
        var at = Shown.Clip(host, 60) + (Port is { } port ? $":{port}" : "");
        return Subset is null ? at : $"{Shown.Clip(Subset, 60)} of {at}";
    }

    /// <summary>For keys of findings.</summary>
    public override string ToString() => $"{Host}{(Port is { } port ? $":{port}" : "")}{(Subset is null ? "" : $"/{Subset}")}";
}
