using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.HttpRoute;

/// <summary>An HTTPRoute and each of its rules get requests. See docs/facts/gateway-api.md#precedence.</summary>
internal static class NoEffect
{
    public static readonly Rule Rule = new()
    {
        Id = "http-route-no-effect",
        Summary = "An HTTPRoute should have an effect at each parent, and each of its rules should get requests.",
        Why =
            "The order of rules means nothing, the most specific match of all HTTPRoutes of a host wins, and the older one of two equal ones "
            + "(Gateway API, httproute_types.go); Istio puts regexes behind every prefix, and ignores a whole HTTPRoute for one backend that it "
            + "cannot read, with Accepted: True (istio/istio pilot/pkg/config/kube/gateway/conversion.go). Nobody notices until the users "
            + "who should have gone there are missed.",
        Remedy = "Correct the parent or the match, or take out the rule that nobody reaches.",
        Kinds = [ObjectKind.HttpRoute],
        Reads = RouteChange.Kinds,
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (HttpRouteFaults.Find(x.Spec) is var (at, because))
        {
            x.Report(Said(at, "dropped", $"{because}: Istio ignores all rules of this HTTPRoute, though it says that it is accepted"));
            return;
        }
        foreach (var parent in HttpRouteParent.Of(x.Spec, x.Subject.Namespace, x.Settings.ClusterDomain))
        {
            if (WhyNot(x, parent) is { } why)
                x.Report(Said(parent.Node, $"parent {parent.Host ?? parent.Gateway?.Name} {parent.Section} {parent.Port}", why));
        }
        var reach = RouteReach.Of(x);
        foreach (var (host, owner) in Losses(x, reach))
            x.Report(
                Said(
                    x.Spec["parentRefs"u8],
                    $"host {host}",
                    $"{host} is routed by {owner.TitleIn(x.Subject.Namespace)} for every caller: this one does nothing there"
                )
            );
        foreach (var hidden in reach.Hidden)
            x.Report(Said(hidden.Route.Node, $"{hidden.Route.Key} dead", $"{hidden.Route.Title} gets no request{By(x, hidden)}"));
    }

    private static Finding Said(Node at, string key, string message) =>
        new(at, key, message)
        {
            Limit = "something that gets requests",
            RestsOnAbsence = true,
            AtMost = GuardAction.Warn,
        };

    private static string By(Inspection x, HiddenRoute hidden)
    {
        if (hidden.By is not { } by || by.Route == hidden.Route)
            return ": another match takes all of them";
        var whose = by.Of.Key == x.Key ? "" : $" of {by.Of.Key.TitleIn(x.Subject.Namespace)}";
        var isRegex = hidden.Route.Match.Items.Any(m => m["path"u8]["type"u8].IsText("RegularExpression"u8));
        var title = whose.Length == 0 && by.Route.Title == hidden.Route.Title ? "another such rule" : by.Route.Title;
        return $": {title}{whose} takes all of them{(isRegex ? ", since Istio puts a regex behind every prefix" : "")}";
    }

    /// <summary>Hosts in the mesh of which nobody has a rule of this one, though somebody has another's.</summary>
    private static IEnumerable<(string Host, ObjectKey Owner)> Losses(Inspection x, RouteReach reach)
    {
        foreach (var host in reach.Tables.Where(t => t.Caller.Gateway is null).GroupBy(t => t.Host))
        {
            if (host.All(t => !t.IsMine) && host.SelectMany(t => t.Table.Rules).FirstOrDefault() is { } other && other.Owner.Key != x.Key)
                yield return (host.Key, other.Owner.Key);
        }
    }

    private static string? WhyNot(Inspection x, HttpRouteParent parent)
    {
        if (parent.Gateway is { } gateway)
            return WhyNotAt(x, parent, gateway);
        if (MeshHost.Service(parent.Host!, x.Settings.ClusterDomain) is not { } service)
            return null;
        var presence = x.World.Look(service, out var definition);
        if (presence == Presence.Absent)
            return $"{service.TitleIn(x.Subject.Namespace)} does not exist: nobody has this route";
        if (presence != Presence.Here || parent.Port is not { } port || HostRegistry.PortsOf(definition) is not { Count: > 0 } ports)
            return null;
        return ports.Contains(port) ? null : $"{service.TitleIn(x.Subject.Namespace)} has no port {port}: nobody has this route";
    }

    private static string? WhyNotAt(Inspection x, HttpRouteParent parent, ObjectKey gateway)
    {
        var presence = x.World.Look(gateway, out var node);
        var title = gateway.TitleIn(x.Subject.Namespace);
        if (presence == Presence.Absent)
            return $"{title} does not exist: nobody has this route";
        if (presence != Presence.Here)
            return null;
        var listeners = GatewayListener.Of(node);
        var meant = listeners.Where(l => l.IsMeantBy(parent)).ToList();
        if (meant.Count == 0)
            return $"{title} has no such listener for HTTP: nobody has this route";
        var labels = x.World.NamespaceOf(x.Subject.Namespace)["metadata"u8]["labels"u8];
        if (!meant.Exists(l => l.Allows(x.Subject.Namespace, gateway.Namespace, labels)))
            return $"{title} does not allow HTTPRoutes of namespace {Shown.Clip(x.Subject.Namespace, 63)} there: nobody has this route";
        var hosts = x.Spec["hostnames"u8].Items.Select(h => h.Text).OfType<string>().DefaultIfEmpty("*").ToList();
        return hosts.Exists(h => meant.Exists(l => l.Shares(h, listeners) is not null))
            ? null
            : $"no hostname of this route fits {title}: nobody has this route";
    }
}
