using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>A subset that some clients had before a DestinationRule changed, came or went, and a VirtualService that needs it.</summary>
/// <param name="Client">Whose namespace; null where it is everybody without rules of their own.</param>
/// <param name="Subset">As it was.</param>
/// <param name="Share">The largest part of a route's users that goes there, in percent; 0 where it is only named, or weights cannot be read.</param>
internal sealed record LostSubset(string Name, string? Client, Node Subset, ObjectKey User, double Share)
{
    /// <summary>Users of one subset that are looked at: each costs a walk through its routes, and one is reason enough.</summary>
    private const int MostUsers = 20;

    private const int Shows = 3;

    /// <summary>Of the DestinationRule under review. Whoever wrote rules in a namespace of clients takes them away there, or hides others.</summary>
    public static IEnumerable<LostSubset> Of(Inspection x)
    {
        var old = x.IsDeletion ? x.Subject.Root : x.Old?.Root ?? default;
        var now = HostPolicies.Of(x);
        var before = now.With(x.Key, old);
        var users = new Dictionary<ObjectKey, IReadOnlyDictionary<(string, string?), UserShare>>();
        foreach (var host in HostsOf(x, old))
        {
            var told = new HashSet<string>(StringComparer.Ordinal);
            foreach (var client in ClientsOf(x.Subject.Namespace, x.Spec, old["spec"u8]))
            {
                var had = before.For(host, client);
                if (had.Count == 0)
                    continue;
                var left = now.For(host, client).SelectMany(r => r.Subsets.Keys).ToHashSet(StringComparer.Ordinal);
                foreach (var (name, (_, subset)) in had.SelectMany(r => r.Subsets))
                {
                    if (left.Contains(name) || told.Contains(name))
                        continue;
                    var found = UsersOf(x, host, name, client, users).OrderByDescending(u => u.Share).Take(Shows).ToList();
                    if (found.Count > 0)
                        told.Add(name);
                    foreach (var (user, share) in found)
                        yield return new LostSubset(name, client, subset, user, share);
                }
            }
        }
    }

    /// <summary>Qualified: the host that it is for, and the one that it was for.</summary>
    public static IEnumerable<string> HostsOf(Inspection x, Node old) =>
        ((Node[])[x.Spec["host"u8], old["spec"u8]["host"u8]])
            .Select(h => h.Text)
            .OfType<string>()
            .Where(h => h.Length > 0)
            .Select(h => MeshHost.Qualify(h, x.Subject.Namespace, x.Settings.ClusterDomain))
            .Distinct(StringComparer.Ordinal);

    /// <summary>Those whom a DestinationRule of a namespace can be for: everybody (null), its own clients, those it names.</summary>
    public static IEnumerable<string?> ClientsOf(string @namespace, Node spec, Node old) =>
        new Audience(old["exportTo"u8], @namespace)
            .Namespaces.Concat(new Audience(spec["exportTo"u8], @namespace).Namespaces)
            .Take(10)
            .Prepend<string?>(@namespace)
            .Prepend(null)
            .Distinct(StringComparer.Ordinal);

    /// <param name="known">The shares of the users looked at so far: one that goes to many subsets is read once.</param>
    private static IEnumerable<(ObjectKey User, double Share)> UsersOf(
        Inspection x,
        string host,
        string subset,
        string? client,
        Dictionary<ObjectKey, IReadOnlyDictionary<(string, string?), UserShare>> known
    )
    {
        foreach (var (key, root) in x.World.Addressing(host, subset, ObjectKind.VirtualService).Take(MostUsers))
        {
            if (!new Attachment(root["spec"u8], key.Namespace).Serves(client))
                continue;
            if (!known.TryGetValue(key, out var shares))
            {
                var user = new Subject(key, root, x.Settings);
                known[key] = shares = UserShares.Largest(user.Routes, user, d => (d.Host, d.Subset));
            }
            yield return (key, shares.GetValueOrDefault((host, subset)).Percent);
        }
    }
}
