using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>What weighs on every finding of a review alike: who writes, and what lets it through.</summary>
internal sealed record Circumstances(Review Review, bool ByController, BreakGlass? BreakGlass, Teardown? Teardown)
{
    /// <summary>What the stored object came in with under an excuse; null where nothing, and where the change leaves that alone.</summary>
    public AdmittedMark? Marked { get; } =
        Review.Operation == Operation.Update && !AdmittedMark.IsUntouchedBy(Review) ? AdmittedMark.Of(Review.OldObject) : null;
}
