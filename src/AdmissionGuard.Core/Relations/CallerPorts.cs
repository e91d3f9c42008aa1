using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// In the mesh a destination without a port is asked on the port that the caller used: Istio knows the destination by that port only where the
/// destination has it (docs/facts/istio.md#destination-port).
/// </summary>
internal static class CallerPorts
{
    /// <summary>The callers of a host's other ports whom a destination without port leaves without a server; null where there are none.</summary>
    public static Finding? Lost(Inspection x, VirtualServiceRoute route, Share share, Destination destination)
    {
        if (
            share.Percent <= 0
            || destination.Port is not null
            || !x.Subject.Attachment.IncludesMesh
            || route.Match.Items.Any(m => m["port"u8].Exists)
        )
            return null;
        if (HostRegistry.KnownPorts(x.World, destination.Host) is not { } has)
            return null;
        foreach (var item in x.Spec["hosts"u8].Items)
        {
            if (item.Text is not { Length: > 0 } text)
                continue;
            var host = RouteAttachment.HostOf(text, x.Subject);
            var lost = HostRegistry.KnownPorts(x.World, host)?.FirstOrDefault(p => !has.Contains(p));
            if (lost is not > 0 || host == destination.Host)
                continue;
            var written = share.Destination["destination"u8]["host"u8];
            return new Finding(
                written,
                $"{route.Key} port {lost} of {destination.Host}",
                $"{Shown.Value(written)} has no port {lost}, and {route.Title} names no port: callers of {Shown.Clip(host, 80)} on port {lost} "
                    + "get 503"
            )
            {
                Limit = "a destination with every port of the host, or one port that it has",
                Remedy = $"host: {Shown.Value(written)}\nport: {{number: {has[0]}}}",
                AtMost = GuardAction.Warn,
            };
        }
        return null;
    }
}
