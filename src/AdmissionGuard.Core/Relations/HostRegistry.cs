using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// What the mesh knows of a host: a Service of that name, or a ServiceEntry that defines it or a wildcard over it. Rules that ask read both kinds.
/// </summary>
internal static class HostRegistry
{
    /// <summary>Hosts of services that several clusters share: such a Service may be in another one.</summary>
    private const string SharedDomain = ".svc.clusterset.local";

    /// <param name="host">Qualified.</param>
    /// <param name="definition">The Service or ServiceEntry.</param>
    public static Presence Look(View world, string host, out Node definition)
    {
        var presence = world.IsWhole ? Presence.Absent : Presence.Unknown;
        definition = default;
        if (MeshHost.Service(host, world.Settings.ClusterDomain) is { } service)
            presence = world.Look(service, out definition);
        else if (host.EndsWith(SharedDomain, StringComparison.OrdinalIgnoreCase))
            presence = Presence.Unknown;
        if (presence == Presence.Here || EntryFor(world, host) is not { } entry)
            return presence;
        definition = entry.Root;
        return Presence.Here;
    }

    /// <summary>The namespace whose DestinationRules are for everybody; null where the host is not known.</summary>
    public static string? NamespaceOf(View world, string host) =>
        MeshHost.Service(host, world.Settings.ClusterDomain)?.Namespace
        ?? MeshHost.NamespaceUnder(host, world.Settings.ClusterDomain)
        ?? EntryFor(world, host)?.Key.Namespace;

    /// <summary>The numbers of its ports, each once; null where nobody knows the host, or it has none.</summary>
    /// <param name="host">Qualified.</param>
    public static IReadOnlyList<long>? KnownPorts(View world, string host) =>
        Look(world, host, out var definition) == Presence.Here && PortsOf(definition) is { Count: > 0 } ports ? ports : null;

    /// <summary>
    /// The endpoints that the ServiceEntry of a host lists, two at least: of one, nothing can be ejected and leave another. Null where nobody lists
    /// any.
    /// </summary>
    /// <param name="host">Qualified.</param>
    public static long? KnownEndpoints(View world, string host) =>
        EntryFor(world, host) is { } entry && entry.Root["spec"u8]["endpoints"u8].Count is >= 2 and var count ? count : null;

    /// <summary>The numbers of its ports, each once.</summary>
    public static IReadOnlyList<long> PortsOf(Node definition)
    {
        var ports = new SortedSet<long>();
        foreach (var item in definition["spec"u8]["ports"u8].Items)
        {
            if ((item["port"u8].Exists ? item["port"u8] : item["number"u8]).TryGetInt64(out var value))
                ports.Add(value);
        }
        return [.. ports];
    }

    /// <summary>The ServiceEntry that defines a host, itself or by a wildcard; of several the first by name. Null where none is known.</summary>
    /// <param name="host">Qualified.</param>
    public static (ObjectKey Key, Node Root)? EntryFor(View world, string host)
    {
        foreach (var pattern in world.Covering(host, ObjectKind.ServiceEntry))
        {
            foreach (var entry in world.Claiming(pattern, ObjectKind.ServiceEntry))
                return entry;
        }
        return null;
    }
}
