using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Files;

namespace AdmissionGuard.Plans;

/// <summary>All that a run of <c>plan</c> has to show.</summary>
internal sealed record PlanReport(IReadOnlyList<PlannedObject> Objects, IReadOnlyList<ManifestError> Errors)
{
    private const int MostTimesLonger = 8;

    /// <summary>What was skipped, one line each.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Of two; null where there are fewer or more.</summary>
    public PlanComparison? Comparison => Objects is [var first, var second] ? new PlanComparison(first.Timeline, second.Timeline) : null;

    /// <summary>The plans whose charts have the scale of this one: the two that are compared, unless one would be a speck; else it alone.</summary>
    public IEnumerable<ExposureTimeline> OnOneScale(int index)
    {
        var all = Objects.Select(o => o.Timeline);
        return Comparison is not null && all.Max(t => t.Length) <= MostTimesLonger * all.Min(t => t.Length) ? all : [Objects[index].Timeline];
    }

    /// <summary>How an object's chart is headed among the others.</summary>
    public string Heading(int index)
    {
        if (Comparison is null)
            return Objects[index].Title;
        return $"{(index == 0 ? "First" : "Second")}: {Objects[index].Title}";
    }
}
