using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Terms;

public enum Operation
{
    Create,
    Update,
    Delete,
}

/// <summary>What the caller wants: repairs, findings, or both one after the other.</summary>
[Flags]
public enum Stage
{
    Mutate = 1,
    Validate = 2,
    Both = Mutate | Validate,
}

/// <summary>Who writes, by what the API server says of the user; never by what the object says of itself.</summary>
/// <param name="User">The exact <c>userInfo.username</c>.</param>
/// <param name="Groups">The exact <c>userInfo.groups</c>.</param>
public sealed record Actor(string User, IReadOnlyList<string> Groups)
{
    /// <summary>
    /// The program as which an unlisted service account is recognised by what it may do, such as <c>Argo Rollouts</c>; null for everybody else, and
    /// where nobody could be asked (docs/facts/argo-rollouts.md#account). Asked outside, so that a verdict needs no cluster.
    /// </summary>
    public string? ActsAs { get; init; }

    /// <summary>What offline checks write as, unless told otherwise: Argo CD's account, so that CI says what a sync would meet.</summary>
    public static Actor GitOps { get; } = new("system:serviceaccount:argocd:argocd-application-controller", []);
}

/// <summary>One request to change one object. Everything that a verdict depends on besides the cluster, time included.</summary>
public sealed record Review
{
    /// <summary>Null where the kind is not ours: such a review passes.</summary>
    public required ObjectKind? Kind { get; init; }

    public required Operation Operation { get; init; }

    /// <summary>The object as it would be stored; absent on DELETE.</summary>
    public Node Object { get; init; }

    /// <summary>The object as it is stored; absent on CREATE.</summary>
    public Node OldObject { get; init; }

    public string Namespace { get; init; } = "";

    /// <summary>Empty where the API server will make one (generateName).</summary>
    public string Name { get; init; } = "";

    /// <summary>status, scale; null for the object itself.</summary>
    public string? SubResource { get; init; }

    public required Actor Actor { get; init; }

    /// <summary>
    /// Whether an update of a Rollout brings back a version that the cluster has run before, by its ReplicaSets; null where nobody could be asked, as
    /// of manifests: then the order of image tags says it.
    /// </summary>
    public bool? IsRollback { get; init; }

    public bool DryRun { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required Stage Stage { get; init; }

    /// <summary>Null where somebody waits as long as it takes.</summary>
    public Patience? Patience { get; init; }

    /// <summary>It stands in the cluster and nobody writes it now: a report is made, and no namespace is left out.</summary>
    public bool IsStored { get; init; }

    /// <summary>
    /// A CREATE of manifests of which nobody knows what is stored: nothing is known of the world before, and it is no change.
    /// </summary>
    public bool IsAsIfNew { get; init; }

    /// <summary>As if it were created now, whatever stands already: how what is stored is judged.</summary>
    public static Review OfNew(ObjectKey key, Node root, Actor actor, DateTimeOffset now) =>
        new()
        {
            Kind = key.Kind,
            Operation = Operation.Create,
            Object = root,
            Namespace = key.Namespace,
            Name = key.Name,
            Actor = actor,
            Now = now,
            Stage = Stage.Both,
            IsStored = true,
        };

    /// <summary>Only of a kind that is ours.</summary>
    public ObjectKey Key => new(Kind!, Namespace, Name);

    /// <summary>The object that policies match and rules judge: the new one, on DELETE the old one.</summary>
    public Node Subject => Operation == Operation.Delete ? OldObject : Object;
}
