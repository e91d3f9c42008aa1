using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// The tables that an update of a VirtualService or HTTPRoute changes, before and after: of a VirtualService its own routes, of an HTTPRoute those of
/// all HTTPRoutes of its parent, for each hostname.
/// </summary>
internal static class RequestTables
{
    /// <summary>Others of one parent that are looked at.</summary>
    private const int MostOthers = 200;

    /// <summary>Whether both have the same parents and hostnames, as written.</summary>
    public static bool AreAttachedAlike(Subject old, Subject @new) =>
        old.Spec["hostnames"u8].Raw.SequenceEqual(@new.Spec["hostnames"u8].Raw)
        && old.Spec["parentRefs"u8].Raw.SequenceEqual(@new.Spec["parentRefs"u8].Raw);

    public static IEnumerable<TableChange> Changes(Inspection x, Subject old)
    {
        if (x.Key.Kind == ObjectKind.VirtualService)
        {
            yield return new TableChange(RequestTable.OfVirtualService(old, old.Routes), RequestTable.OfVirtualService(x.Subject, x.Subject.Routes));
        }
        else if (x.Key.Kind == ObjectKind.HttpRoute)
        {
            foreach (var change in OfHttpRoute(x, old))
                yield return change;
        }
    }

    private static IEnumerable<TableChange> OfHttpRoute(Inspection x, Subject old)
    {
        var mine = Parents(x.Subject);
        var before = Parents(old);
        foreach (var parent in mine.Union(before, StringComparer.Ordinal))
        {
            var others = Others(x, parent);
            var was = Sorted(before.Contains(parent) ? [.. others, old] : others);
            var now = Sorted(mine.Contains(parent) ? [.. others, x.Subject] : others);
            foreach (var host in Hostnames(x.Subject, parent).Union(Hostnames(old, parent), StringComparer.Ordinal))
                yield return new TableChange(Table(was, host, parent), Table(now, host, parent));
        }
    }

    private static HashSet<string> Parents(KubeObject route) => [.. HttpRouteParents.Of(route.Spec, route.Namespace, route.Settings.ClusterDomain)];

    /// <summary>Those that the same proxies merge with it: at a Gateway all, at a Service those of its own namespace.</summary>
    private static List<Subject> Others(Inspection x, string parent) =>
        [
            .. x
                .World.Claiming(parent, ObjectKind.HttpRoute)
                .Where(o => o.Key != x.Key && (HttpRouteParents.IsGateway(parent) || o.Key.Namespace == x.Key.Namespace))
                .Take(MostOthers)
                .Select(o => new Subject(o.Key, o.Root, x.Settings)),
        ];

    private static List<Subject> Sorted(IEnumerable<Subject> routes) =>
        [
            .. routes
                .OrderBy(r => r.Root["metadata"u8]["creationTimestamp"u8].Text ?? "~", StringComparer.Ordinal)
                .ThenBy(r => r.Namespace, StringComparer.Ordinal)
                .ThenBy(r => r.Name, StringComparer.Ordinal),
        ];

    /// <summary>As written; a parent that is a Service has none.</summary>
    private static IReadOnlyList<string> Hostnames(Subject route, string parent)
    {
        if (!HttpRouteParents.IsGateway(parent) || route.Spec["hostnames"u8].Count == 0)
            return ["*"];
        return [.. route.Spec["hostnames"u8].Items.Select(h => h.Text).OfType<string>()];
    }

    /// <summary>Each hostname is a table of its own: Envoy takes the name itself, or else the longest wildcard.</summary>
    private static RequestTable Table(List<Subject> routes, string host, string parent)
    {
        var name = routes
            .SelectMany(r => Hostnames(r, parent))
            .Where(h => h == host || h == "*" || (h.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(h[1..], StringComparison.Ordinal)))
            .OrderByDescending(h => h == host)
            .ThenByDescending(h => h.Length)
            .FirstOrDefault();
        return RequestTable.OfHttpRoutes(
            routes.Where(r => Hostnames(r, parent).Contains(name, StringComparer.Ordinal)).Select(r => ((KubeObject)r, r.Splits))
        );
    }
}
