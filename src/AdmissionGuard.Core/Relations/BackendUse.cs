using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// Whether Istio sends anything to a backend of an HTTPRoute: it must be of a kind that Istio knows, and at a Gateway a ReferenceGrant must allow one
/// of another namespace; in the mesh nobody asks for it (docs/facts/gateway-api.md#reference-grant). Rules that ask read ReferenceGrants and
/// Services.
/// </summary>
internal static class BackendUse
{
    /// <summary>What is wrong with it; null where it may be used.</summary>
    public static string? WhyNot(View world, KubeObject route, Node backend)
    {
        var group = backend["group"u8].Text ?? "";
        var kind = backend["kind"u8].Text is { Length: > 0 } text ? text : "Service";
        if (!IsKnown(group, kind))
            return $"Istio has no backends of kind {Shown.Clip(kind, 63)}";
        if (backend["namespace"u8].Text is not { Length: > 0 } other || other == route.Namespace || !IsAtGateway(route))
            return null;
        if (!world.KnowsAny(ObjectKind.ReferenceGrant, other) && !world.KnowsAny(ObjectKind.Service, other))
            return null;
        return world.GrantsOf(other).Any(g => Allows(g.Root["spec"u8], route.Namespace, (group, kind), backend["name"u8].Text))
            ? null
            : $"no ReferenceGrant in namespace {Shown.Clip(other, 63)} allows HTTPRoutes of {Shown.Clip(route.Namespace, 63)} to use it, which a "
                + "Gateway needs";
    }

    public static bool IsAtGateway(KubeObject route) =>
        HttpRouteParent.Of(route.Spec, route.Namespace, route.Settings.ClusterDomain).Any(p => p.Gateway is not null);

    private static bool Allows(Node grant, string from, (string Group, string Kind) to, string? name) =>
        grant["from"u8].Items.Any(f => f["kind"u8].IsText("HTTPRoute"u8) && f["namespace"u8].Text == from)
        && grant["to"u8]
            .Items.Any(t =>
                t["kind"u8].Text == to.Kind && (t["group"u8].Text ?? "") == to.Group && (!t["name"u8].Exists || t["name"u8].Text == name)
            );

    private static bool IsKnown(string group, string kind) =>
        (group, kind) is ("", "Service") or (ApiGroups.Istio, "Hostname") or ("multicluster.x-k8s.io", "ServiceImport");
}
