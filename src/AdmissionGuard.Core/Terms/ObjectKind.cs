namespace AdmissionGuard.Core.Terms;

/// <summary>
/// A kind of object in its API group, which is empty for Kubernetes' own. The version does not matter: every served version has the same meaning
/// (docs/facts/istio.md#served-versions, docs/facts/argo-rollouts.md#one-version).
/// </summary>
public sealed record ObjectKind(string Group, string Name, string Plural, bool IsNamespaced = true)
{
    public static readonly ObjectKind VirtualService = new("networking.istio.io", "VirtualService", "virtualservices");
    public static readonly ObjectKind DestinationRule = new("networking.istio.io", "DestinationRule", "destinationrules");
    public static readonly ObjectKind ServiceEntry = new("networking.istio.io", "ServiceEntry", "serviceentries");
    public static readonly ObjectKind Rollout = new("argoproj.io", "Rollout", "rollouts");
    public static readonly ObjectKind AnalysisTemplate = new("argoproj.io", "AnalysisTemplate", "analysistemplates");
    public static readonly ObjectKind ClusterAnalysisTemplate = new(
        "argoproj.io",
        "ClusterAnalysisTemplate",
        "clusteranalysistemplates",
        IsNamespaced: false
    );
    public static readonly ObjectKind Experiment = new("argoproj.io", "Experiment", "experiments");
    public static readonly ObjectKind HorizontalPodAutoscaler = new("autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers");
    public static readonly ObjectKind Canary = new("flagger.app", "Canary", "canaries");
    public static readonly ObjectKind HttpRoute = new("gateway.networking.k8s.io", "HTTPRoute", "httproutes");
    public static readonly ObjectKind TrafficSplit = new("split.smi-spec.io", "TrafficSplit", "trafficsplits");
    public static readonly ObjectKind Service = new("", "Service", "services");

    private static readonly ObjectKind[] Known =
    [
        VirtualService,
        DestinationRule,
        ServiceEntry,
        Rollout,
        AnalysisTemplate,
        ClusterAnalysisTemplate,
        Service,
        Experiment,
        HorizontalPodAutoscaler,
        Canary,
        HttpRoute,
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
