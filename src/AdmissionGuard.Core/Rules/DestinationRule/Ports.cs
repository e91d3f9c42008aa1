using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>Settings for a port must be for a port that the service has. See docs/facts/istio.md#port-number.</summary>
internal static class Ports
{
    private const int Shows = 8;

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-ports",
        Summary = "An entry of portLevelSettings should name a port of the service.",
        Why =
            "Entries are for the service's port, not for the container's (Istio, PortTrafficPolicy): one with any other number counts for "
            + "nobody, and its outlier detection and limits do nothing.",
        Remedy = "Name the number in the Service's spec.ports[].port.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.Service, ObjectKind.ServiceEntry],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        IReadOnlyList<long>? ports = null;
        var container = new Dictionary<long, long>();
        foreach (var map in x.Subject.Policy.Maps)
        {
            if (map.Port is not { } port)
                continue;
            if (ports is null)
            {
                var host = new HostScope(x.Subject).Qualified;
                if (
                    HostRegistry.Look(x.World, host, out var definition) != Presence.Here
                    || HostRegistry.PortsOf(definition) is not { Count: > 0 } found
                )
                    return;
                ports = found;
                foreach (var item in definition["spec"u8]["ports"u8].Items)
                {
                    if (
                        item["targetPort"u8] is { Kind: System.Text.Json.JsonValueKind.Number } target
                        && x.Read.Integer(target) is { } to
                        && x.Read.Integer(item["port"u8]) is { } from
                    )
                        container.TryAdd(to, from);
                }
            }
            if (ports.Contains(port))
                continue;
            long? meant;
            if (container.TryGetValue(port, out var of))
                meant = of;
            else if (ports.Count == 1)
                meant = ports[0];
            else
                meant = (long?)null;
            x.Report(
                new Finding(
                    map.Node["port"u8]["number"u8],
                    map.Key,
                    $"the service has no port {port}{(container.ContainsKey(port) ? $", that is the container's behind {of}" : "")}, it has "
                        + $"{string.Join(", ", ports.Take(Shows))}: the entry counts for nobody"
                )
                {
                    Found = $"{port}",
                    Limit = "a port of the service",
                    Remedy = meant is { } number ? $"number: {number}" : null,
                }
            );
        }
    }
}
