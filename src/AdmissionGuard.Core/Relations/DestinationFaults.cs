using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>Why requests sent somewhere reach nobody.</summary>
/// <param name="IsSure">It is a subset, which is there or not; a host may be one that another cluster knows.</param>
internal sealed record DestinationFault(string Text, string Limit, bool IsSure);

/// <summary>Which destinations of a VirtualService exist, each looked up once however many routes have it.</summary>
internal sealed class DestinationFaults(Inspection x, Attachment attachment)
{
    private const int Shows = 5;

    /// <summary>Names among which the one that was meant is looked for.</summary>
    private const int MostCompared = 50;

    /// <summary>Names such as v2 are near to any other of their length.</summary>
    private const int TooShort = 3;

    private readonly HostPolicies policies = new(x.World);
    private readonly Dictionary<(string Host, string? Subset), DestinationFault?> known = [];
    private readonly Dictionary<string, IReadOnlyList<string>> offered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<MergedRule>> rules = new(StringComparer.Ordinal);

    /// <summary>Null where it exists, or where nobody can tell.</summary>
    public DestinationFault? Of(Destination destination)
    {
        if (destination.Host.Length == 0)
            return null;
        var key = (destination.Host, destination.Subset);
        if (!known.TryGetValue(key, out var fault))
            known[key] = fault = (destination.Subset is { } subset ? OfSubset(destination.Host, subset) : null) ?? OfHost(destination);
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
        if (!x.World.IsWhole && !found.Any(r => r.IsFor(host, x.Settings.ClusterDomain)))
            return null;
        var name = Shown.Clip(subset, 63);
        if (found.Count == 0)
            return new DestinationFault(
                $"subset {name} needs a DestinationRule for {Shown.Clip(host, 80)}, there is none",
                "a DestinationRule that has it",
                IsSure: true
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
            IsSure: true
        );
    }

    private DestinationFault? OfHost(Destination destination)
    {
        if (HostRegistry.Look(x.World, destination.Host, out _) != Presence.Absent)
            return null;
        if (MeshHost.Service(destination.Host, x.Settings.ClusterDomain) is { } service)
            return new DestinationFault(
                $"{service.TitleIn(x.Subject.Namespace)} does not exist, nor does a ServiceEntry for it",
                "a Service or ServiceEntry",
                IsSure: false
            );
        var hint = LooksShort(destination.Host) ? ": a name with a dot is taken as it is" : "";
        return new DestinationFault($"no ServiceEntry defines {Shown.Clip(destination.Host, 80)}{hint}", "a ServiceEntry for it", IsSure: false);
    }

    /// <summary><c>reviews.prod</c>, which its author takes for a Service of another namespace.</summary>
    private static bool LooksShort(string host) => MeshHost.Split(host).Domain is { Length: > 1 } rest && !rest.AsSpan(1).Contains('.');
}
