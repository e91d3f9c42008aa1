using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>Why requests sent somewhere reach nobody.</summary>
/// <param name="IsSure">It is there or not; a host may be one that another cluster knows.</param>
/// <param name="Field">The key of the destination that is wrong.</param>
internal sealed record DestinationFault(string Text, string Limit, bool IsSure, string Field)
{
    /// <summary>False where manifests only do not show it: a cluster may have it.</summary>
    public bool IsMissing { get; init; } = true;
}

/// <summary>Which destinations of a VirtualService exist, each looked up once however many routes have it.</summary>
internal sealed class DestinationFaults(Inspection x, Attachment attachment)
{
    private const int Shows = 5;

    /// <summary>Names among which the one that was meant is looked for.</summary>
    private const int MostCompared = 50;

    /// <summary>Names such as v2 are near to any other of their length.</summary>
    private const int TooShort = 3;

    private readonly HostPolicies policies = HostPolicies.Of(x);
    private readonly Dictionary<(string Host, string? Subset, long? Port), DestinationFault?> known = [];
    private readonly Dictionary<string, IReadOnlyList<string>> offered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<MergedRule>> rules = new(StringComparer.Ordinal);

    /// <summary>Null where it exists, or where nobody can tell.</summary>
    public DestinationFault? Of(Destination destination)
    {
        if (destination.Host.Length == 0)
            return null;
        var key = (destination.Host, destination.Subset, destination.Port);
        if (!known.TryGetValue(key, out var fault))
        {
            known[key] = fault = OfName(destination.Host)
                ?? (destination.Subset is { } subset ? OfSubset(destination.Host, subset) : null)
                ?? OfHost(destination)
                ?? OfPort(destination);
        }
        return fault;
    }

    /// <summary>
    /// Clients of different namespaces may get different rules; a subset that any of them gets counts as there. Of manifests, rules that are not for
    /// this very host say nothing: the host's own may not be given.
    /// </summary>
    private DestinationFault? OfSubset(string host, string subset)
    {
        if (!rules.TryGetValue(host, out var found))
            rules[host] = found = [.. attachment.Clients.SelectMany(c => policies.For(host, c))];
        if (found.Any(r => r.Subsets.ContainsKey(subset)))
            return null;
        var isGiven = x.World.IsWhole || found.Any(r => r.IsFor(host, x.Settings.ClusterDomain));
        if (!isGiven && !x.World.KnowsAny(ObjectKind.DestinationRule, HostRegistry.NamespaceOf(x.World, host) ?? x.Subject.Namespace))
            return null;
        var name = Shown.Clip(subset, 63);
        if (found.Count == 0)
            return new DestinationFault(
                $"subset {name} needs a DestinationRule for {Shown.Clip(host, 80)}, there is none",
                "a DestinationRule that has it",
                isGiven,
                "subset"
            );
        if (!offered.TryGetValue(host, out var others))
            offered[host] = others = [
                .. found.SelectMany(r => r.Subsets.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MostCompared),
            ];
        var more = others.Count > Shows ? ", …" : "";
        var has = others.Count == 0 ? "no subsets" : string.Join(", ", others.Take(Shows).Select(o => Shown.Clip(o, 63))) + more;
        var hint = subset.Length > TooShort ? Nearest.Hint(subset, others) : "";
        return new DestinationFault(
            $"subset {name} is not in {found[0].Parts[0].Key.TitleIn(x.Subject.Namespace)}, which has {has}{hint}",
            "a subset that is there",
            isGiven,
            "subset"
        );
    }

    private DestinationFault? OfName(string host) =>
        MeshHost.Meant(host, x.Settings.ClusterDomain) is { } meant
            ? new DestinationFault(
                $"Istio compares hosts letter by letter, and the service is {Shown.Clip(meant, 80)}",
                Shown.Clip(meant, 80),
                IsSure: true,
                "host"
            )
            : null;

    /// <summary>Envoy has one cluster for each port of a service; docs/facts/istio.md#destination-port.</summary>
    private DestinationFault? OfPort(Destination destination)
    {
        if (destination.Port is not { } port || HostRegistry.KnownPorts(x.World, destination.Host) is not { } ports || ports.Contains(port))
            return null;
        return new DestinationFault(
            $"{Shown.Clip(destination.Host, 80)} has no port {port}, it has {string.Join(", ", ports.Take(Shows))}",
            "a port that the service has",
            IsSure: true,
            "port"
        );
    }

    private DestinationFault? OfHost(Destination destination)
    {
        var presence = HostRegistry.Look(x.World, destination.Host, out _);
        if (presence == Presence.Unknown && MeshHost.IsUnfinished(destination.Host, x.Settings.ClusterDomain))
            presence = Presence.Absent;
        if (presence == Presence.Unknown && x.World.IsGivenInPart(ObjectKind.Service))
            return NotGiven(destination.Host);
        if (presence != Presence.Absent)
            return null;
        if (MeshHost.Service(destination.Host, x.Settings.ClusterDomain) is { } service)
            return new DestinationFault(
                $"{service.TitleIn(x.Subject.Namespace)} does not exist, nor does a ServiceEntry for it",
                "a Service or ServiceEntry",
                IsSure: false,
                "host"
            );
        var hint = LooksShort(destination.Host) ? ": a name with a dot is taken as it is" : "";
        return new DestinationFault(
            $"no ServiceEntry defines {Shown.Clip(destination.Host, 80)}{hint}",
            "a ServiceEntry for it",
            IsSure: false,
            "host"
        );
    }

    private static DestinationFault NotGiven(string host) =>
        new(
            $"no Service and no ServiceEntry for {Shown.Clip(host, 80)} is among these manifests, and if the cluster has none either",
            "a Service or ServiceEntry",
            IsSure: false,
            "host"
        )
        {
            IsMissing = false,
        };

    /// <summary><c>reviews.prod</c>, which its author takes for a Service of another namespace.</summary>
    private static bool LooksShort(string host) => MeshHost.Split(host).Domain is { Length: > 1 } rest && !rest.AsSpan(1).Contains('.');
}
