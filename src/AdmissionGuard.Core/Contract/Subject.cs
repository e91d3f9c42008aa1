using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Smi;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Contract;

/// <summary>An object with what is computed from it once: rules read the models, not the fields.</summary>
public sealed class Subject(ObjectKey key, Node root, GuardSettings settings) : KubeObject(key, root, settings)
{
    private IReadOnlyList<VirtualServiceRoute>? routes;
    private IReadOnlyList<SplitRoute>? splits;
    private EffectivePolicy? policy;
    private ExposurePlan? plan;
    private Attachment? attachment;

    /// <summary>A VirtualService's routes of every protocol, each with its shares.</summary>
    internal IReadOnlyList<VirtualServiceRoute> Routes => routes ??= VirtualServiceRoute.Of(Spec, Read);

    /// <summary>What a VirtualService is attached to.</summary>
    internal Attachment Attachment => attachment ??= new Attachment(this);

    /// <summary>What splits users by weight, whatever the kind of object.</summary>
    internal IReadOnlyList<SplitRoute> Splits => splits ??= SplitsOf(this);

    /// <summary>What Envoy gets from a DestinationRule.</summary>
    internal EffectivePolicy Policy => policy ??= new EffectivePolicy(Spec, Read);

    /// <summary>A Rollout's or Canary's exposure of users, step by step.</summary>
    internal ExposurePlan Plan => plan ??= Kind == ObjectKind.Canary ? CanaryPlan.Of(Spec, Read) : RolloutPlan.Of(Spec, Read);

    /// <summary>The object under review as it looks in one state: new, stored, or repaired.</summary>
    public static Subject Of(Review review, Node root, GuardSettings settings) => new(review.Key, root, settings);

    private static IReadOnlyList<SplitRoute> SplitsOf(Subject subject)
    {
        if (subject.Kind == ObjectKind.VirtualService)
            return subject.Routes;
        if (subject.Kind == ObjectKind.HttpRoute)
            return HttpRouteRule.Of(subject.Spec, subject.Read);
        return subject.Kind == ObjectKind.TrafficSplit ? [new TrafficSplitRoute(subject.Spec, subject.Read)] : [];
    }
}
