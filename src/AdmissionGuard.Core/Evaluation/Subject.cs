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
    private Dictionary<string, string>? hosts;
    private Dictionary<string, string>? words;

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

    /// <summary>A host of its own namespace by its full name; one that stands in many routes is made once. Empty where it cannot be read.</summary>
    internal string Qualified(Node host)
    {
        if (!host.TryCopyText(stackalloc char[256], out var plain))
            return Host.Qualify(Read.Text(host) ?? "", Namespace, Settings.ClusterDomain);
        var known = (hosts ??= new(StringComparer.Ordinal)).GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(plain, out var qualified))
            known[plain] = qualified = Host.Qualify(plain.ToString(), Namespace, Settings.ClusterDomain);
        return qualified;
    }

    /// <summary>A short text that stands in many places, made once; null where it is absent or cannot be read.</summary>
    internal string? Word(Node node)
    {
        if (!node.TryCopyText(stackalloc char[256], out var plain))
            return Read.Text(node);
        var known = (words ??= new(StringComparer.Ordinal)).GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(plain, out var word))
            known[plain] = word = plain.ToString();
        return word;
    }
}
