namespace AdmissionGuard.Reports;

/// <summary>How often the audit does what.</summary>
/// <param name="Look">Between two looks at what changed: the least between two writes of one report.</param>
/// <param name="Api">Which API is installed.</param>
/// <param name="Recall">What is stored is listed again: somebody may have written or deleted it.</param>
/// <param name="All">Everything is judged again: exceptions end by time.</param>
internal sealed record ReportPace(TimeSpan Look, TimeSpan Api, TimeSpan Recall, TimeSpan All)
{
    public static readonly ReportPace Usual = new(TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1));

    /// <summary>Of one go at judging: 25 ms or so, after which whoever answers requests has the core for as long.</summary>
    public const int Most = 250;
}
