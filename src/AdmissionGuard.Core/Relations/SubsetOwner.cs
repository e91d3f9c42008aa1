using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// A Rollout that writes its pods' hashes into the subsets of a DestinationRule, by what its status says of them. An audit sees them in every
/// rollout.
/// </summary>
internal sealed class SubsetOwner(ObjectKey key, Node rollout)
{
    private readonly RolloutSides sides = new(rollout, key.Namespace);
    private readonly string? stable = rollout["status"u8]["stableRS"u8].Text;
    private readonly string? current = rollout["status"u8]["currentPodHash"u8].Text;

    /// <summary>Two versions serve.</summary>
    public bool IsOnItsWay => new RolloutStatus(rollout["status"u8]).IsProgressing;

    public string Title(string seenFrom) => key.TitleIn(seenFrom);

    public bool HasSide(string subset) => sides.BySubset && (subset == sides.Stable || subset == sides.Canary);

    /// <summary>The hash of one of its versions.</summary>
    public bool Knows(string hash) => hash.Length > 0 && (hash == stable || hash == current);

    /// <summary>
    /// Whether Argo itself would write a hash into a subset: the stable one's into the stable subset, either into the canary's, which has the stable
    /// one's at rest and after an abort (docs/facts/argo-rollouts.md#pod-hash).
    /// </summary>
    public bool Writes(string subset, string hash) => Knows(hash) && (sides.Stable != subset || !sides.BySubset || hash == stable);
}
