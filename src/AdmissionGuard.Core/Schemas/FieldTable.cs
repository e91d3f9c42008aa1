using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Schemas;

/// <summary>The fields of the kinds whose definitions are known, by kind and version. Parsed once, when first asked for.</summary>
internal static class FieldTable
{
    private static readonly Dictionary<ObjectKind, (string[] Versions, Lazy<FieldShape> Object)> Known = new()
    {
        [ObjectKind.VirtualService] = Of(IstioFields.VirtualService, "v1", "v1beta1", "v1alpha3"),
        [ObjectKind.DestinationRule] = Of(IstioFields.DestinationRule, "v1", "v1beta1", "v1alpha3"),
        [ObjectKind.ServiceEntry] = Of(IstioFields.ServiceEntry, "v1", "v1beta1", "v1alpha3"),
        [ObjectKind.Rollout] = Of(ArgoFields.Rollout, "v1alpha1"),
        [ObjectKind.AnalysisTemplate] = Of(ArgoFields.Analysis, "v1alpha1"),
        [ObjectKind.ClusterAnalysisTemplate] = Of(ArgoFields.Analysis, "v1alpha1"),
        [ObjectKind.Experiment] = Of(ArgoFields.Experiment, "v1alpha1"),
        [ObjectKind.Canary] = Of(ReleaseFields.Canary, "v1beta1"),
        [ObjectKind.HttpRoute] = Of(ReleaseFields.HttpRoute, "v1", "v1beta1"),
    };

    /// <summary>The kinds that the table has.</summary>
    public static IReadOnlyList<ObjectKind> Kinds { get; } = [.. Known.Keys];

    /// <summary>What an object may hold, metadata and status whatever it is; null where the table does not have the kind in that version.</summary>
    /// <param name="apiVersion">As it is written: <c>networking.istio.io/v1</c>.</param>
    public static FieldShape? ObjectOf(ObjectKind kind, string? apiVersion)
    {
        if (apiVersion is null || !Known.TryGetValue(kind, out var known))
            return null;
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return known.Versions.Contains(apiVersion[(slash + 1)..]) ? known.Object.Value : null;
    }

    private static (string[] Versions, Lazy<FieldShape> Object) Of(string spec, params string[] versions) =>
        (versions, new Lazy<FieldShape>(() => FieldShape.Parse($"{{apiVersion:s,kind:s,metadata*,spec{spec},status*}}")));
}
