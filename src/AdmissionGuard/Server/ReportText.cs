using AdmissionGuard.Reports;

namespace AdmissionGuard.Server;

/// <summary>How the audit and the Events stand, for the metrics.</summary>
internal static class ReportText
{
    public static (string Name, string Help, double Value)[] Gauges(ReportState standing) =>
        [
            (
                "admissionguard_reports_leading",
                "1 in the replica that audits and writes reports; the others have 0 in all of these.",
                standing.IsLeading ? 1 : 0
            ),
            ("admissionguard_reports_objects", "Objects audited.", standing.Objects),
            ("admissionguard_reports", "Reports stored.", standing.Reports),
            ("admissionguard_reports_results", "Results in them.", standing.Results),
            ("admissionguard_reports_results_left_out", "Results that found no room in the reports of their namespace.", standing.LeftOut),
            ("admissionguard_reports_written", "Reports written or removed since the start.", standing.Writes),
            ("admissionguard_reports_errors", "Rounds of the audit that failed since the start; the log says why.", standing.Errors),
            ("admissionguard_reports_pass_seconds", "How long the last pass took that judged something.", standing.LastPass.TotalSeconds),
        ];

    public static (string Name, string Help, double Value)[] Gauges(EventWriter events) =>
        [
            ("admissionguard_events_written", "Events written on objects.", events.Written),
            ("admissionguard_events_dropped", "Events that were too many, or could not be written.", events.Dropped),
        ];
}
