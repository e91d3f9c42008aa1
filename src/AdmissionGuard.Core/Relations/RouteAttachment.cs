using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>For which hosts and at which proxies the routes of an object count, and the callers to look at there.</summary>
internal static class RouteAttachment
{
    /// <summary>Whether nothing changed that decides who takes a request.</summary>
    public static bool IsUntouched(Inspection x) =>
        x.Old is { } old
        && (string[])["hosts", "gateways", "exportTo", "http", "parentRefs", "hostnames", "rules"] is var fields
        && Array.TrueForAll(fields, f => old.Spec[f].Raw.SequenceEqual(x.Spec[f].Raw));

    /// <summary>Each host with each caller that the object matters for, as it was or as it is.</summary>
    public static IEnumerable<(string Host, RouteCaller Caller)> Touched(Inspection x, RequestTables was, RequestTables now)
    {
        var states = new List<(RequestTables In, RouteObject Of)>();
        if (x.IsDeletion)
            states.Add((was, new RouteObject(x.Subject, x.Subject.Splits)));
        else
            states.Add((now, new RouteObject(x.Subject, x.Subject.Splits)));
        if (x.Old is { } old)
            states.Add((was, new RouteObject(old, old.Splits)));
        var hosts = new HashSet<(string Host, string? Gateway)>();
        foreach (var (tables, of) in states)
        {
            foreach (var root in RootsOf(tables, of))
                hosts.UnionWith(PlacesOf(tables, root.Of));
        }
        foreach (var (host, gateway) in hosts)
        {
            foreach (var caller in RouteCallers.At(host, gateway, was, now))
                yield return (host, caller);
        }
    }

    /// <summary>The objects that have its hosts: itself, or those that delegate to it.</summary>
    public static IEnumerable<RouteObject> RootsOf(RequestTables tables, RouteObject of) =>
        of.Of.Kind == ObjectKind.VirtualService && of.Of.Spec["hosts"u8].Count == 0 ? tables.RootsOf(of.Of.Key) : [of];

    /// <summary>
    /// Each host with the gateway where it counts, null for the mesh. What a server's hosts leave of a wildcard is a host of its own.
    /// </summary>
    public static IEnumerable<(string Host, string? Gateway)> PlacesOf(RequestTables tables, KubeObject of) =>
        of.Kind == ObjectKind.HttpRoute ? PlacesOfHttpRoute(of) : PlacesOfVirtualService(tables, of);

    /// <summary>
    /// A host of a VirtualService as tables have it: qualified, in lower case, without a closing dot (docs/facts/istio.md#exact-hosts).
    /// </summary>
    public static string HostOf(string written, KubeObject of) =>
        MeshHost.Qualify(written, of.Namespace, of.Settings.ClusterDomain).ToLowerInvariant().TrimEnd('.');

    private static IEnumerable<(string Host, string? Gateway)> PlacesOfVirtualService(RequestTables tables, KubeObject of)
    {
        var attachment = new Attachment(of.Spec, of.Namespace);
        foreach (var item in of.Spec["hosts"u8].Items)
        {
            if (item.Text is not { Length: > 0 } text)
                continue;
            var host = HostOf(text, of);
            if (attachment.IncludesMesh)
                yield return (host, null);
            foreach (var gateway in attachment.Gateways)
            {
                var names = ServerHosts
                    .ServersOf(tables.World, gateway)
                    .SelectMany(s => s.NamesOf(host, of.Namespace))
                    .Distinct(StringComparer.Ordinal);
                foreach (var name in names.DefaultIfEmpty(host))
                    yield return (name, gateway);
            }
        }
    }

    private static IEnumerable<(string Host, string? Gateway)> PlacesOfHttpRoute(KubeObject of)
    {
        foreach (var parent in HttpRouteParent.Of(of.Spec, of.Namespace, of.Settings.ClusterDomain))
        {
            if (parent.Host is { } host)
                yield return (host, null);
            if (parent.Gateway is not { } gateway)
                continue;
            var name = $"{HttpRouteParents.Gateway}{gateway.Namespace}/{gateway.Name}";
            foreach (var hostname in of.Spec["hostnames"u8].Items.Select(h => h.Text).OfType<string>().DefaultIfEmpty("*"))
                yield return (hostname, name);
        }
    }
}
