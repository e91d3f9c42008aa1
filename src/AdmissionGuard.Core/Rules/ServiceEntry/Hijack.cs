using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.ServiceEntry;

/// <summary>Nobody redefines the Service of another namespace. See docs/facts/istio.md#service-entry-hosts.</summary>
internal static class Hijack
{
    private static readonly NamesParameter ExemptHosts = new(
        "exemptHosts",
        "hosts of Services that a ServiceEntry of another namespace may define; fully qualified, * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "service-entry-hijack",
        Summary = "A ServiceEntry must not have the host of a Service of another namespace, nor a wildcard over one.",
        Why =
            "For a host that several namespaces define Istio takes the definition of the caller's own namespace, and the Service's only where "
            + "there is none "
            + "(pilot/pkg/model/sidecar.go; older versions take either): its requests leave for other endpoints, without the Service's pods, "
            + "policies and identities, and nothing of the Service's own objects has changed. "
            + "A wildcard takes every name that no Service has at the moment, a Service that is deleted for a while included.",
        Remedy = "Give the ServiceEntry a host of its own and route to it by a VirtualService, or write it in the Service's namespace.",
        Kinds = [ObjectKind.ServiceEntry],
        Reads = [ObjectKind.Service],
        Parameters = [ExemptHosts],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var audience = new Audience(x.Spec["exportTo"u8], x.Subject.Namespace);
        if (!audience.IsAll && audience.Namespaces.Count == 0)
            return;
        // An author who keeps it to the own namespace's callers says so; that is theirs to decide.
        var isPrivate = !audience.IsAll && audience.Namespaces.All(n => n == x.Subject.Namespace);
        foreach (var item in x.Read.Items(x.Spec["hosts"u8]))
        {
            var node = item;
            if (x.Read.Text(node) is not { Length: > 0 } host || Wildcard.MatchesAny(x.Get(ExemptHosts), host))
                continue;
            var finding = MeshHost.IsWildcard(host) ? OfWildcard(x, node, host) : OfService(x, node, host, isPrivate);
            if (finding is not null)
                x.Report(finding with { AtMost = isPrivate ? GuardAction.Warn : finding.AtMost });
        }
    }

    private static Finding? OfService(Inspection x, Node node, string host, bool isPrivate)
    {
        if (MeshHost.Service(host, x.Settings.ClusterDomain) is not { } service || service.Namespace == x.Subject.Namespace)
            return null;
        if (x.World.Look(service, out _) != Presence.Here)
            return null;
        var whom = $"callers in namespace {Shown.Clip(x.Subject.Namespace, 63)}{(isPrivate ? "" : ", and perhaps others,")}";
        return new Finding(
            node,
            host,
            $"{Shown.Quote(Shown.Clip(host, 100))} is {service.TitleIn(x.Subject.Namespace)}, only namespace "
                + $"{Shown.Clip(service.Namespace, 63)} may define it: {whom} get this entry's endpoints instead of its pods"
        )
        {
            Found = Shown.Clip(host, 100),
            Limit = "a host of its own",
        };
    }

    private static Finding? OfWildcard(Inspection x, Node node, string host)
    {
        if (!MeshHost.CoversMesh(host, x.Settings.ClusterDomain) || IsOfNamespace(host, x))
            return null;
        var passesOn = !x.Spec["resolution"u8].Exists || x.Spec["resolution"u8].IsText("NONE"u8);
        return new Finding(
            node,
            host,
            $"{Shown.Quote(Shown.Clip(host, 100))} covers Services of other namespaces, a wildcard must not: requests for a Service that is "
                + $"gone, or that the caller cannot see, {(passesOn ? "leave the mesh's policies" : "go to this entry's endpoints")}"
        )
        {
            Found = Shown.Clip(host, 100),
            Limit = "a host of its own",
            AtMost = passesOn ? GuardAction.Warn : GuardAction.Deny,
        };
    }

    /// <summary><c>*.shop.svc.cluster.local</c> in namespace shop.</summary>
    private static bool IsOfNamespace(string host, Inspection x) =>
        host.EndsWith($".{x.Subject.Namespace}.svc.{x.Settings.ClusterDomain}", StringComparison.OrdinalIgnoreCase);
}
