using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// An object beyond a limit of the settings is denied before any rule reads it: one that is padded until nobody waits for the verdict would come in
/// unjudged. What weakens a denial of a rule weakens this one too, and the rules then judge the object all the same.
/// </summary>
internal static class SizeBound
{
    /// <summary>Stands where a finding has its rule.</summary>
    public const string Id = "limits";

    /// <summary>Null where the object is within, or no further beyond than the stored one.</summary>
    public static Judgement? Of(Circumstances circumstances, Cluster cluster, List<ApplyingPolicy> policies)
    {
        var review = circumstances.Review;
        var limits = cluster.Settings.Limits;
        if (review.Operation == Operation.Delete || !ObjectSize.IsWorthwhile(review.Object, limits))
            return null;
        var size = ObjectSize.Of(review.Kind!, review.Object);
        if (size.Beyond(limits) is not var (name, what, found, limit))
            return null;
        if (review.OldObject.IsObject && size.IsNoLargerThan(ObjectSize.Of(review.Kind!, review.OldObject), limits))
            return null;
        var policy = policies.MaxBy(p => p.IsCertain ? p.Policy.Cap : GuardAction.Off);
        var (action, because) = policy.IsCertain ? Weighed(circumstances, cluster, policy.Policy.Cap) : (GuardAction.Warn, Because.Advice);
        var finding = new Finding(
            new Place(review.Object, "spec"),
            name,
            $"the object has {found} {what}, {limit} are allowed: it is not judged, for an object without bounds could take longer than "
                + "anybody waits"
        )
        {
            Found = $"{found}",
            Limit = $"{limit}",
            Excess = found,
            Remedy = $"# split the object, or raise spec.limits.{name} of GuardSettings cluster",
        };
        return new Judgement(Id, policy.Policy.Name, finding, new PointerFinder(review.Object), action, GuardAction.Deny, because);
    }

    private static (GuardAction, Because) Weighed(Circumstances circumstances, Cluster cluster, GuardAction cap)
    {
        if (circumstances.ByController)
            return (GuardAction.Audit, Because.Controller);
        if (cap < GuardAction.Deny)
            return (cap, Because.Mode);
        // asked here, because the webhook that repairs must not leave out what the other one lets in: it marks that
        if (BreakGlass.Of(circumstances.Review, cluster.Settings) is { IsBroken: true })
            return (GuardAction.Warn, Because.BreakGlass);
        return Excuse.IsRollbackOf(circumstances.Review) ? (GuardAction.Warn, Because.Direction) : (GuardAction.Deny, Because.None);
    }
}
