using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>Whose routes callers in the mesh have for a host that the object under review is for (docs/facts/istio.md#who-has-a-host).</summary>
internal sealed class HostOwners
{
    /// <summary>Services under a wildcard that are looked at; of more it is not known.</summary>
    private const int MostServices = 50;

    private HostOwners(IReadOnlySet<ObjectKey> owners, KubeObject? owner, KubeObject? atHome)
    {
        Owners = owners;
        Owner = owner;
        AtHome = atHome;
    }

    /// <summary>All that somebody has routes of.</summary>
    public IReadOnlySet<ObjectKey> Owners { get; }

    /// <summary>Who has the host for everybody, so that the object under review does nothing for it; null where somebody has its routes.</summary>
    public KubeObject? Owner { get; }

    /// <summary>
    /// Who has the host for callers of the object's own namespace, to which it is exported too; null where it has the host itself, or nobody has it.
    /// </summary>
    public KubeObject? AtHome { get; }

    /// <param name="host">As tables have it.</param>
    public static HostOwners Of(Inspection x, string host)
    {
        var owners = new HashSet<ObjectKey>();
        KubeObject? owner = null;
        KubeObject? atHome = null;
        var isMineAtHome = !x.Subject.Attachment.Audience.Reaches(x.Subject.Namespace);
        foreach (var (caller, table) in TablesOf(x, host))
        {
            var isHome = caller.Namespace == x.Subject.Namespace;
            foreach (var rule in table.Rules)
            {
                if (owners.Add(rule.Owner.Key) && rule.Owner.Key != x.Key)
                    owner ??= rule.Owner;
                if (isHome && rule.Owner.Key == x.Key)
                    isMineAtHome = true;
                else if (isHome)
                    atHome ??= rule.Owner;
            }
        }
        return new HostOwners(owners, owners.Contains(x.Key) ? null : owner, isMineAtHome ? null : atHome);
    }

    /// <summary>Of a wildcard those of the services under it, as far as some are known.</summary>
    private static IEnumerable<(RouteCaller Caller, RequestTable Table)> TablesOf(Inspection x, string host)
    {
        var tables = RequestTables.Of(x);
        var hosts = new List<string> { host };
        if (MeshHost.IsWildcard(host))
        {
            var under = x.World.ClaimingUnder(host, ObjectKind.Service).Take(MostServices + 1).ToList();
            if (under.Count is > 0 and <= MostServices)
                hosts = [.. under.Select(s => $"{s.Key.Name}.{s.Key.Namespace}.svc.{x.Settings.ClusterDomain}")];
        }
        return hosts.SelectMany(h => RouteCallers.Known(h, null, tables).Select(c => (c, tables.For(h, c))));
    }
}
