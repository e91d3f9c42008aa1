using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>An object with what is computed from it once: rules read the models, not the fields.</summary>
public sealed class Subject
{
    private IReadOnlyList<VirtualServiceRoute>? routes;
    private IReadOnlyList<SplitRoute>? splits;
    private EffectivePolicy? policy;
    private ExposurePlan? plan;
    private PointerFinder? paths;

    public Subject(ObjectKind kind, string @namespace, string name, Node root, GuardSettings settings)
    {
        (Kind, Namespace, Name, Root, Settings) = (kind, @namespace, name, root, settings);
        Spec = Read.Map(root["spec"u8]);
    }

    public ObjectKind Kind { get; }

    public string Namespace { get; }

    public string Name { get; }

    public Node Root { get; }

    public Node Spec { get; }

    public GuardSettings Settings { get; }

    public Reader Read { get; } = new();

    /// <summary>Where its nodes are.</summary>
    public PointerFinder Paths => paths ??= new PointerFinder(Root);

    /// <summary>A VirtualService's routes of every protocol, each with its shares.</summary>
    internal IReadOnlyList<VirtualServiceRoute> Routes => routes ??= VirtualServiceRoute.Of(Spec, Read);

    /// <summary>What splits users by weight, whatever the kind of object.</summary>
    internal IReadOnlyList<SplitRoute> Splits => splits ??= SplitRoute.Of(this);

    /// <summary>What Envoy gets from a DestinationRule.</summary>
    internal EffectivePolicy Policy => policy ??= new EffectivePolicy(Spec, Read);

    /// <summary>A Rollout's or Canary's exposure of users, step by step.</summary>
    internal ExposurePlan Plan => plan ??= Kind == ObjectKind.Canary ? ExposurePlan.OfFlagger(Spec, Read) : ExposurePlan.OfRollout(Spec, Read);
}
