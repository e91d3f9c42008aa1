using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Settings;

/// <summary>
/// What holds for the whole cluster. Names are exact (the accounts of the standard installations: docs/facts/argo-rollouts.md#account,
/// docs/facts/flagger.md#account, docs/facts/argo-cd.md#accounts).
/// </summary>
public sealed record GuardSettings
{
    /// <summary>Where Flagger's chart and its documentation put it, mesh by mesh.</summary>
    private static readonly string[] FlaggerNamespaces =
    [
        "flagger-system",
        "istio-system",
        "linkerd",
        "appmesh-system",
        "projectcontour",
        "gloo-system",
        "ingress-nginx",
        "traefik",
        "kuma-system",
        "apisix",
    ];

    public static GuardSettings Default { get; } = new();

    /// <summary>Accounts that deliver progressively: never denied, never repaired.</summary>
    public IReadOnlyList<string> Controllers { get; init; } =
    [
        "system:serviceaccount:argo-rollouts:argo-rollouts",
        .. FlaggerNamespaces.Select(n => $"system:serviceaccount:{n}:flagger"),
        "system:serviceaccount:istio-system:istiod",
    ];

    /// <summary>Accounts that write what Git says: nobody sits at their keyboard.</summary>
    public IReadOnlyList<string> GitOps { get; init; } =
    ["system:serviceaccount:argocd:argocd-application-controller", "system:serviceaccount:flux-system:kustomize-controller"];

    /// <summary>Who may break the glass; nobody, unless said.</summary>
    public IReadOnlyList<string> BreakGlassGroups { get; init; } = [];

    /// <summary>
    /// Where nothing is judged: the control plane's own namespaces, whose repair must never wait for us
    /// (docs/facts/kubernetes-admission.md#availability).
    /// </summary>
    public IReadOnlyList<string> ExcludedNamespaces { get; init; } = ["kube-system", "argo-rollouts", "argocd", "flagger-system", "admissionguard"];

    /// <summary>How far away the end of an exception may be.</summary>
    public int MaxExceptionDays { get; init; } = 90;

    /// <summary>
    /// Whether a server keeps what routes said within the last 10 minutes, so that growth in several updates is growth
    /// (docs/how-changes-are-judged.md#memory).
    /// </summary>
    public bool RemembersShares { get; init; }

    public ObjectLimits Limits { get; init; } = ObjectLimits.Default;

    /// <summary>The mesh's domain: <c>reviews</c> in namespace <c>shop</c> is <c>reviews.shop.svc.cluster.local</c>.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Istio's root namespace, whose rules are defaults for the whole mesh.</summary>
    public string RootNamespace { get; init; } = "istio-system";

    /// <summary>What the mesh itself provides, as far as it is known.</summary>
    public MeshConfig Mesh { get; init; } = MeshConfig.Unknown;

    /// <summary>Words by which the proven side of a split is named, with <c>*</c>; upper and lower case are the same.</summary>
    public IReadOnlyList<string> StableNames { get; init; } = ["stable", "primary", "baseline", "current", "prod"];

    /// <summary>As <see cref="StableNames"/>, for the side on trial.</summary>
    public IReadOnlyList<string> NewNames { get; init; } = ["canary", "preview", "next", "new"];

    /// <summary>Who a sync would write as, so that a report says what the next one would meet.</summary>
    public Actor Syncing => new(GitOps.FirstOrDefault(Actor.GitOps.User), []);

    /// <summary>A stored object, as if a sync created it now: how <c>audit</c>, <c>simulate</c> and a server's reports judge it.</summary>
    public Review ReviewOfStored(ObjectKey key, Node root, DateTimeOffset now) => Review.OfNew(key, root, Syncing, now);

    /// <summary>As they are where the mesh's own configuration is known; what these settings say wins.</summary>
    public GuardSettings InMesh(MeshConfig config)
    {
        var mesh = Mesh.Over(config);
        return this with { Mesh = mesh, RootNamespace = mesh.RootNamespace ?? RootNamespace };
    }

    public ActorKind KindOf(Actor actor)
    {
        if (IsController(actor))
            return ActorKind.Controller;
        if (Names(GitOps, actor.User))
            return ActorKind.GitOps;
        return ActorKind.Human;
    }

    /// <summary>By name, or recognised by what its account may do.</summary>
    public bool IsController(Actor actor) => actor.ActsAs is not null || Names(Controllers, actor.User);

    public bool Excludes(string @namespace) => Names(ExcludedNamespaces, @namespace);

    public bool IsStableName(string word) => Wildcard.MatchesAny(StableNames, word, ignoreCase: true);

    public bool IsNewName(string word) => Wildcard.MatchesAny(NewNames, word, ignoreCase: true);

    /// <summary>Asked at every review, so without an enumerator.</summary>
    private static bool Names(IReadOnlyList<string> exact, string name)
    {
        for (var i = 0; i < exact.Count; i++)
        {
            if (exact[i] == name)
                return true;
        }
        return false;
    }
}

/// <summary>Who writes, by exact name: a program that delivers, a program that applies Git, or anybody else.</summary>
public enum ActorKind
{
    Human,
    GitOps,
    Controller,
}
