using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>The owners of a service decide how its callers reach it. See docs/facts/istio.md#who-has-a-host.</summary>
internal static class ForeignHost
{
    private static readonly NamesParameter ExemptHosts = new(
        "exemptHosts",
        "services that others may route for everybody; fully qualified, * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-foreign-host",
        Summary = "A VirtualService should not route a service of another namespace for callers of every namespace.",
        Why =
            "In the mesh Istio takes the first public VirtualService for a host, whatever namespace it is in (istio/istio "
            + "pilot/pkg/model/push_context.go): one object in any namespace can answer, fault or move all requests to a service, and its owners "
            + "see nothing of it.",
        Remedy = "Put it into the service's namespace, or export it to the namespace of its own callers: exportTo: [\".\"].",
        Kinds = [ObjectKind.VirtualService],
        Parameters = [ExemptHosts],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var attachment = x.Subject.Attachment;
        if (!attachment.IncludesMesh || !attachment.Audience.IsAll || x.Subject.Namespace == x.Settings.RootNamespace)
            return;
        foreach (var item in x.Read.Items(x.Spec["hosts"u8]))
        {
            if (item.Text is not { Length: > 0 } written)
                continue;
            var host = MeshHost.Qualify(written, x.Subject.Namespace, x.Settings.ClusterDomain);
            if (
                MeshHost.Service(host, x.Settings.ClusterDomain) is not { } service
                || service.Namespace == x.Subject.Namespace
                || Wildcard.MatchesAny(x.Get(ExemptHosts), host)
            )
                continue;
            x.Report(
                new Finding(
                    item,
                    host,
                    $"host {Shown.Value(item)} is {service.TitleIn(x.Subject.Namespace)}, and callers of every namespace follow this VirtualService: "
                        + "who owns the service does not see it"
                )
                {
                    Found = Shown.Value(item),
                    Limit = "a service of its own namespace, or exportTo: [\".\"]",
                    Remedy = "exportTo: [\".\"]",
                    AtMost = GuardAction.Warn,
                }
            );
        }
    }
}
