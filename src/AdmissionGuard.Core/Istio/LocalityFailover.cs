using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>Whether another region or zone takes over where all endpoints of one are ejected.</summary>
internal static class LocalityFailover
{
    /// <summary>
    /// A setting that is not switched off does so without saying where to, but not one that distributes
    /// (docs/facts/istio.md#locality-failover).
    /// </summary>
    public static bool IsOn(Node loadBalancer, Reader read)
    {
        var locality = loadBalancer["localityLbSetting"u8];
        return locality.IsObject && read.Boolean(locality["enabled"u8]) != false && locality["distribute"u8].Count == 0;
    }
}
