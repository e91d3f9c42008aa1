using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>The owners of a service decide how its callers reach it. See docs/facts/istio.md#who-has-a-host.</summary>
internal static class ForeignHost
{
    private static readonly NamesParameter ExemptHosts = new(
        "exemptHosts",
        "services that others may route for everybody; fully qualified, * allowed"
    );
    private static readonly NamesParameter RoutingNamespaces = new(
        "routingNamespaces",
        "namespaces that may route services of others, such as the one of the team that runs the mesh; * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-foreign-host",
        Summary = "A VirtualService must not route services of another namespace for callers outside its own.",
        Why =
            "In the mesh Istio takes the first VirtualService for a host, whatever namespace it is in (istio/istio "
            + "pilot/pkg/model/push_context.go): one object in any namespace can answer, redirect, fault or move all requests to a service, and its "
            + "owners see nothing of it. A wildcard takes every service that no VirtualService names. Hosts are compared without case.",
        Remedy =
            "Put it into the service's namespace, or export it to the callers of its own namespace: exportTo: [\".\"]. What a team runs for others "
            + "is named in routingNamespaces or exemptHosts.",
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.Service],
        Parameters = [ExemptHosts, RoutingNamespaces],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var attachment = x.Subject.Attachment;
        if (!attachment.IncludesMesh || x.Subject.Namespace == x.Settings.RootNamespace)
            return;
        if (!ReachesOthers(attachment.Audience, x.Subject.Namespace) || Wildcard.MatchesAny(x.Get(RoutingNamespaces), x.Subject.Namespace))
            return;
        foreach (var item in x.Read.Items(x.Spec["hosts"u8]))
        {
            if (item.Text is not { Length: > 0 } written)
                continue;
            var host = ForeignName.Plain(written, x.Subject.Namespace, x.Settings.ClusterDomain);
            if (ForeignName.Of(host, x.Settings.ClusterDomain) is not { } name || name.IsOf(x.Subject.Namespace))
                continue;
            if (Wildcard.MatchesAny(x.Get(ExemptHosts), host))
                continue;
            x.Report(Found(x, item, host, name));
        }
    }

    private static bool ReachesOthers(Audience audience, string own) => audience.IsAll || audience.Namespaces.Any(n => n != own);

    private static Finding Found(Inspection x, Node item, string host, ForeignName name)
    {
        var whom = x.Subject.Attachment.Audience.IsAll ? "of every namespace" : "of other namespaces";
        return new Finding(
            item,
            host,
            $"host {Shown.Value(item)} {Meaning(x, name)}, and callers {whom} follow this VirtualService: who owns the service does not see it"
        )
        {
            Found = Shown.Value(item),
            Limit = "a service of its own namespace, or exportTo: [\".\"]",
            Remedy = "exportTo: [\".\"]",
            AtMost = IsSure(x, name) ? GuardAction.Deny : GuardAction.Warn,
        };
    }

    private static string Meaning(Inspection x, ForeignName name)
    {
        if (name.Service is { } service)
            return $"is {service.TitleIn(x.Subject.Namespace)}";
        return name.Namespace is { } other ? $"covers Services of namespace {Shown.Clip(other, 63)}" : "covers Services of all namespaces";
    }

    /// <summary>Whether the service is there; of a wildcard over one namespace, whether some are. One over all has others for sure.</summary>
    private static bool IsSure(Inspection x, ForeignName name)
    {
        if (name.Service is { } service)
            return name.IsComplete && x.World.Look(service, out _) == Presence.Here;
        return name.Namespace is { } other ? x.World.KnowsAny(ObjectKind.Service, other) : true;
    }
}
