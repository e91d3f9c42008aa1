using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// What a change of a Rollout or Canary has to say for itself, whatever state it is in (docs/how-changes-are-judged.md#emergencies): it brings back a
/// version that ran before, or it loosens nothing. Trouble excuses nothing: a status can be forged, and Argo begins new steps at the first one.
/// </summary>
internal sealed class Excuse
{
    private readonly Subject? old;
    private readonly Subject now;
    private bool? loosens;

    /// <param name="old">As it is stored; null where this is no update.</param>
    /// <param name="now">As it would be.</param>
    public Excuse(Review review, Subject? old, Subject now)
    {
        this.old = review.Kind == ObjectKind.Rollout || review.Kind == ObjectKind.Canary ? old : null;
        this.now = now;
        IsRollback = IsRollbackOf(review);
    }

    /// <summary>A version that this cluster has run before comes back.</summary>
    public bool IsRollback { get; }

    /// <summary>
    /// No share of users meets the new version sooner, no more of them at once, and what could stop it is still there. False where there is nothing
    /// to compare. What rules find is compared by whoever asks.
    /// </summary>
    public bool LoosensNothing => old is not null && !(loosens ??= Loosens(old, now));

    /// <summary>Told by the ReplicaSets, and by the order of image tags where nobody could ask for them.</summary>
    public static bool IsRollbackOf(Review review) =>
        review.Kind == ObjectKind.Rollout
        && review.Operation == Operation.Update
        && (review.IsRollback ?? StoredVersions.LooksOlder(review.OldObject, review.Object));

    private static bool Loosens(Subject old, Subject now) =>
        PlanComparison.IsSooner(old.Plan, now.Plan)
        || PlanComparison.HasLargerIncrease(old.Plan, now.Plan)
        || (now.Kind == ObjectKind.Canary ? CanaryGuards.AreWeaker(old, now.Spec) : RolloutGuards.AreWeaker(old.Spec, now.Spec));
}
