using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>What is let through unread: no finding, no patch (facts 9.11).</summary>
internal static class Skip
{
    public static string? Reason(Review review)
    {
        if (review.Kind is null) return "not a guarded kind";
        if (review.SubResource is { Length: > 0 }) return "subresource";
        if (!review.Subject.IsObject) return "no object";
        if (review.Subject["metadata"u8]["deletionTimestamp"u8].Exists || review.OldObject["metadata"u8]["deletionTimestamp"u8].Exists) return "being deleted";
        if (review.Operation == Operation.Update && LeavesWhatWeRead(review)) return "changes nothing that is read";
        return null;
    }

    /// <summary>Every kind of ours has its meaning in spec. Labels and annotations join here with the first rule or match that reads them.</summary>
    private static bool LeavesWhatWeRead(Review review) => review.Object["spec"u8].SameAs(review.OldObject["spec"u8]);
}
