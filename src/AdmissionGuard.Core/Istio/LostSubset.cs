using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Istio;

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
        var now = new HostPolicies(x.World);
        var before = now.With(x.Key, old);
        foreach (var host in HostsOf(x, old))
        {
            var told = new HashSet<string>(StringComparer.Ordinal);
            foreach (var client in ClientsOf(x.Subject.Namespace, x.Spec, old["spec"u8]))
            {
                var had = before.For(host, client);
                if (had.Count == 0) continue;
                var left = now.For(host, client).SelectMany(r => r.Subsets).ToHashSet(StringComparer.Ordinal);
                foreach (var name in had.SelectMany(r => r.Subsets).Where(s => !left.Contains(s) && told.Add(s)).ToList())
                {
                    var users = UsersOf(x, host, name, client).ToList();
                    if (users.Count == 0) told.Remove(name);
                    var subset = had.Select(r => r.Subset(name)).First(s => s.Exists);
                    foreach (var (user, share) in users.OrderByDescending(u => u.Share).Take(Shows)) yield return new LostSubset(name, client, subset, user, share);
                }
            }
        }
    }

    /// <summary>Qualified: the host that it is for, and the one that it was for.</summary>
    public static IEnumerable<string> HostsOf(Inspection x, Node old) =>
        ((Node[])[x.Spec["host"u8], old["spec"u8]["host"u8]])
            .Select(h => h.Text).OfType<string>().Where(h => h.Length > 0)
            .Select(h => Host.Qualify(h, x.Subject.Namespace, x.Settings.ClusterDomain)).Distinct(StringComparer.Ordinal);

    /// <summary>Those whom a DestinationRule of a namespace can be for: everybody (null), its own clients, those it names.</summary>
    public static IEnumerable<string?> ClientsOf(string @namespace, Node spec, Node old) =>
        new Visibility(old["exportTo"u8], @namespace).Namespaces.Concat(new Visibility(spec["exportTo"u8], @namespace).Namespaces).Take(10)
            .Prepend<string?>(@namespace).Prepend(null).Distinct(StringComparer.Ordinal);

    private static IEnumerable<(ObjectKey User, double Share)> UsersOf(Inspection x, string host, string subset, string? client)
    {
        foreach (var (key, root) in x.World.Addressing(host, subset, ObjectKind.VirtualService).Take(MostUsers))
        {
            if (!new Attachment(root["spec"u8], key.Namespace).Serves(client)) continue;
            var user = new Subject(key.Kind, key.Namespace, key.Name, root, x.Settings);
            var share = 0.0;
            foreach (var route in user.Routes.Where(r => r.Shares.IsKnown))
            {
                foreach (var to in route.Shares.Destinations)
                {
                    if (to.Percent > share && Destination.OfIstio(to.Destination, user) is var at && at.Host == host && at.Subset == subset) share = to.Percent;
                }
            }
            yield return (key, share);
        }
    }
}
