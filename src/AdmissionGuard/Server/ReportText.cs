using AdmissionGuard.Reports;
using AdmissionGuard.Telemetry;

namespace AdmissionGuard.Server;

/// <summary>How the audit and the Events stand, for the metrics.</summary>
internal static class ReportText
{
    public static void Observe(Instruments instruments, Func<ReportState> standing)
    {
        instruments.Observe(Metrics.ReportsLeading, () => standing().IsLeading ? 1 : 0);
        instruments.Observe(Metrics.ReportsObjects, () => standing().Objects);
        instruments.Observe(Metrics.Reports, () => standing().Reports);
        instruments.Observe(Metrics.ReportsResults, () => standing().Results);
        instruments.Observe(Metrics.ReportsResultsLeftOut, () => standing().LeftOut);
        instruments.Observe(Metrics.ReportsWritten, () => standing().Writes);
        instruments.Observe(Metrics.ReportsErrors, () => standing().Errors);
        instruments.Observe(Metrics.ReportsPass, () => standing().LastPass.TotalSeconds);
    }

    public static void Observe(Instruments instruments, EventWriter events)
    {
        instruments.Observe(Metrics.EventsWritten, () => events.Written);
        instruments.Observe(Metrics.EventsDropped, () => events.Dropped);
    }
}
