namespace AdmissionGuard.Reports;

/// <summary>How the audit stands in this replica; all nought in one that does not lead, but for what it counted while it led.</summary>
/// <param name="Objects">Objects that were judged.</param>
/// <param name="Results">Results in the reports that are stored.</param>
/// <param name="LeftOut">Results for which a namespace's reports have no room.</param>
/// <param name="Writes">Reports written or removed since the start.</param>
/// <param name="Errors">Rounds that failed since the start.</param>
/// <param name="LastPass">How long the last pass that judged something took, waiting for others included.</param>
internal sealed record ReportState(bool IsLeading, int Objects, int Reports, int Results, int LeftOut, long Writes, long Errors, TimeSpan LastPass)
{
    public static readonly ReportState None = new(IsLeading: false, 0, 0, 0, 0, 0, 0, TimeSpan.Zero);
}
