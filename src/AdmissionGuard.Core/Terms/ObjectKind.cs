namespace AdmissionGuard.Core.Terms;

/// <summary>
/// A kind of object in its API group, which is empty for Kubernetes' own. The version does not matter: every served version has the same meaning
/// (docs/facts/istio.md#served-versions, docs/facts/argo-rollouts.md#one-version).
/// </summary>
public sealed record ObjectKind(string Group, string Name, string Plural, bool IsNamespaced = true)
{
    public static readonly ObjectKind VirtualService = new(ApiGroups.Istio, "VirtualService", "virtualservices");
    public static readonly ObjectKind DestinationRule = new(ApiGroups.Istio, "DestinationRule", "destinationrules");
    public static readonly ObjectKind ServiceEntry = new(ApiGroups.Istio, "ServiceEntry", "serviceentries");
    public static readonly ObjectKind IstioGateway = new(ApiGroups.Istio, "Gateway", "gateways");
    public static readonly ObjectKind Rollout = new(ApiGroups.Argo, "Rollout", "rollouts");
    public static readonly ObjectKind AnalysisTemplate = new(ApiGroups.Argo, "AnalysisTemplate", "analysistemplates");
    public static readonly ObjectKind ClusterAnalysisTemplate = new(
        ApiGroups.Argo,
        "ClusterAnalysisTemplate",
        "clusteranalysistemplates",
        IsNamespaced: false
    );
    public static readonly ObjectKind Experiment = new(ApiGroups.Argo, "Experiment", "experiments");
    public static readonly ObjectKind HorizontalPodAutoscaler = new(ApiGroups.Autoscaling, "HorizontalPodAutoscaler", "horizontalpodautoscalers");
    public static readonly ObjectKind Canary = new(ApiGroups.Flagger, "Canary", "canaries");
    public static readonly ObjectKind HttpRoute = new(ApiGroups.Gateway, "HTTPRoute", "httproutes");
    public static readonly ObjectKind Gateway = new(ApiGroups.Gateway, "Gateway", "gateways");
    public static readonly ObjectKind ReferenceGrant = new(ApiGroups.Gateway, "ReferenceGrant", "referencegrants");
    public static readonly ObjectKind TrafficSplit = new(ApiGroups.Smi, "TrafficSplit", "trafficsplits");
    public static readonly ObjectKind Service = new("", "Service", "services");

    private static readonly ObjectKind[] Known =
    [
        VirtualService,
        DestinationRule,
        ServiceEntry,
        IstioGateway,
        Rollout,
        AnalysisTemplate,
        ClusterAnalysisTemplate,
        Service,
        Experiment,
        HorizontalPodAutoscaler,
        Canary,
        HttpRoute,
        Gateway,
        ReferenceGrant,
        TrafficSplit,
    ];

    /// <summary>The kind, or null where no rule knows it; a kind of the same name in another group is not.</summary>
    public static ObjectKind? Find(ReadOnlySpan<char> group, ReadOnlySpan<char> name)
    {
        foreach (var kind in Known)
        {
            if (name.SequenceEqual(kind.Name) && group.SequenceEqual(kind.Group))
                return kind;
        }
        return null;
    }

    /// <summary>As <see cref="Find"/>, from an object's <c>apiVersion</c> and <c>kind</c>.</summary>
    public static ObjectKind? Of(string? apiVersion, string? kind)
    {
        if (apiVersion is null || kind is null)
            return null;
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return Find(slash < 0 ? "" : apiVersion.AsSpan(0, slash), kind);
    }

    public override string ToString() => Name;
}
