using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>What weighs on every finding of a review alike: who writes, and what lets it through.</summary>
/// <param name="IsLive">The cluster is a live one, in which what follows in the same apply is not there yet.</param>
internal sealed record Circumstances(Review Review, bool ByController, bool IsLive, BreakGlass? BreakGlass, Teardown? Teardown)
{
    /// <summary>What the stored object came in with under an excuse; null where nothing, and where the change leaves that alone.</summary>
    public AdmittedMark? Marked { get; } =
        Review.Operation == Operation.Update && !AdmittedMark.IsUntouchedBy(Review) ? AdmittedMark.Of(Review.OldObject) : null;
}
