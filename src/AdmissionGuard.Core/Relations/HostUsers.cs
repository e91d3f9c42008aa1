using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>A VirtualService that names a host as a destination.</summary>
/// <param name="Share">The largest part of a route's users that goes there, in percent; 0 where it is only named, or weights cannot be read.</param>
internal readonly record struct HostUser(ObjectKey Key, Node Root, double Share);

/// <summary>Who sends users to a host, each VirtualService read once however many hosts are asked for. Rules that ask read VirtualServices.</summary>
internal sealed class HostUsers(Inspection x)
{
    /// <summary>Of one host: each costs a walk through its routes, and one is reason enough.</summary>
    private const int Most = 20;

    private readonly Dictionary<ObjectKey, IReadOnlyDictionary<string, UserShare>> known = [];

    /// <summary>The largest share first.</summary>
    /// <param name="host">Qualified.</param>
    public IReadOnlyList<HostUser> Of(string host)
    {
        var users = new List<HostUser>();
        foreach (var (key, root) in x.World.Addressing(host, ObjectKind.VirtualService).Take(Most))
        {
            if (!known.TryGetValue(key, out var shares))
                known[key] = shares = SharesOf(new Subject(key, root, x.Settings));
            users.Add(new HostUser(key, root, shares.GetValueOrDefault(host).Percent));
        }
        return [.. users.OrderByDescending(u => u.Share)];
    }

    /// <summary>For each host (qualified) to which a VirtualService sends users, the largest share that one of its routes gives it.</summary>
    public static IReadOnlyDictionary<string, UserShare> SharesOf(Subject virtualService) =>
        UserShares.Largest(virtualService.Routes, virtualService, d => d.Host);
}
