using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>What a Rollout needs another object for.</summary>
internal enum RolloutNeed
{
    /// <summary>Traffic: its weights are written by the Rollout.</summary>
    VirtualService,

    /// <summary>Traffic: its subsets get the hash of the pods.</summary>
    DestinationRule,

    /// <summary>Its selector gets the hash of the pods.</summary>
    Service,

    /// <summary>Runs all the time, from <c>startingStep</c> on.</summary>
    BackgroundAnalysis,

    /// <summary>Must come to an end before the rollout goes on: a step, an experiment's, or before or after the switch of blue-green.</summary>
    FiniteAnalysis,
}

/// <summary>One object that a Rollout names.</summary>
/// <param name="At">The name.</param>
/// <param name="Within">The map that the reference is made in: of a template its entry, of a service the strategy.</param>
internal readonly record struct RolloutReference(RolloutNeed Need, ObjectKey Key, Node At, Node Within);

/// <summary>Every object that a Rollout names (docs/facts/argo-rollouts.md#references).</summary>
internal sealed class RolloutReferences(Node rollout, string @namespace)
{
    private static readonly string[] CanaryServices = ["canaryService", "stableService"];
    private static readonly string[] PingPongServices = ["pingService", "pongService"];
    private static readonly string[] BlueGreenServices = ["activeService", "previewService"];

    private readonly Node strategy = rollout["spec"u8]["strategy"u8];

    public IEnumerable<RolloutReference> All => [.. Traffic, .. Services, .. Analyses];

    public IEnumerable<RolloutReference> Traffic
    {
        get
        {
            var istio = new IstioRouting(rollout, @namespace);
            foreach (var (key, _, at) in istio.Targets)
                yield return new RolloutReference(RolloutNeed.VirtualService, key, at["name"u8], at);
            var rule = strategy["canary"u8]["trafficRouting"u8]["istio"u8]["destinationRule"u8];
            if (istio.DestinationRule is { } named)
                yield return new RolloutReference(RolloutNeed.DestinationRule, named, rule["name"u8], rule);
        }
    }

    public IEnumerable<RolloutReference> Services =>
        [
            .. ServicesIn(strategy["canary"u8], CanaryServices),
            .. ServicesIn(strategy["canary"u8]["pingPong"u8], PingPongServices),
            .. ServicesIn(strategy["blueGreen"u8], BlueGreenServices),
        ];

    public IEnumerable<RolloutReference> Analyses => RolloutAnalysis.Of(rollout, @namespace).SelectMany(a => a.Templates);

    private IEnumerable<RolloutReference> ServicesIn(Node map, string[] fields)
    {
        foreach (var field in fields)
        {
            if (map[field].Text is { Length: > 0 } name)
                yield return new RolloutReference(RolloutNeed.Service, new ObjectKey(ObjectKind.Service, @namespace, name), map[field], map);
        }
    }
}
