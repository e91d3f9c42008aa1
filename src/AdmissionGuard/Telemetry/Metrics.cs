using static AdmissionGuard.Telemetry.MetricType;

namespace AdmissionGuard.Telemetry;

/// <summary>
/// Every metric there is: name, type, unit, description and labels. Names are those of Prometheus, suffixes included (<c>_total</c>,
/// <c>_seconds</c>, <c>_bytes</c>): a name found on a dashboard is found here. A collector that turns OTLP into Prometheus adds no suffix twice, so
/// the same dashboard works on both ways.
/// Labels are bounded by what we define: endpoint, kind, operation, outcome, rule, action, reason, certificate, loop.
/// </summary>
internal static class Metrics
{
    public const string MeterName = "AdmissionGuard";

    /// <summary>Upper bounds in seconds: a review takes some 50 µs, and the API server gives up after 5 s.</summary>
    public static readonly IReadOnlyList<double> DurationBuckets = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.1, 1];

    public static readonly Metric Reviews = new(
        "admissionguard_reviews_total",
        Counter,
        "{review}",
        "Reviews answered.",
        "endpoint",
        "kind",
        "operation",
        "outcome",
        "dry_run"
    );
    public static readonly Metric ReviewDuration = new(
        "admissionguard_review_duration_seconds",
        Histogram,
        "s",
        "From the body's last byte to the answer.",
        "endpoint"
    );
    public static readonly Metric Findings = new(
        "admissionguard_findings_total",
        Counter,
        "{finding}",
        "Findings by rule and what came of them; dry runs are not counted.",
        "rule",
        "kind",
        "action"
    );
    public static readonly Metric FindingsExempted = new(
        "admissionguard_findings_exempted_total",
        Counter,
        "{finding}",
        "Findings that a GuardException covered; dry runs are not counted.",
        "rule",
        "kind"
    );
    public static readonly Metric BreakGlass = new(
        "admissionguard_break_glass_total",
        Counter,
        "{request}",
        "Requests that broke the glass, or tried to; dry runs are not counted.",
        "kind",
        "outcome"
    );
    public static readonly Metric Teardown = new(
        "admissionguard_teardown_total",
        Counter,
        "{request}",
        "Deletions that an annotation announced as part of a teardown, rightly or not; dry runs are not counted.",
        "kind",
        "outcome"
    );
    public static readonly Metric RequestsRefused = new(
        "admissionguard_requests_refused_total",
        Counter,
        "{request}",
        "Requests answered with an HTTP error instead of a review.",
        "reason"
    );
    public static readonly Metric RuleFailures = new(
        "admissionguard_rule_failures_total",
        Counter,
        "{failure}",
        "Rules that broke and were left out: please report them.",
        "rule"
    );
    public static readonly Metric PolicyReviews = new(
        "admissionguard_policy_reviews_total",
        Counter,
        "{review}",
        "Reviews of policies, exceptions and settings; unreadable ones are let through.",
        "kind",
        "outcome"
    );
    public static readonly Metric LoopFaults = new(
        "admissionguard_loop_faults_total",
        Counter,
        "{exception}",
        "Unexpected exceptions in background work, which went on after a pause: please report them, the log has the stack.",
        "loop"
    );
    public static readonly Metric DecisionsWritten = new("admissionguard_decisions_written_total", Counter, "{line}", "Lines of the decision log.");
    public static readonly Metric DecisionsDropped = new(
        "admissionguard_decisions_dropped_total",
        Counter,
        "{line}",
        "Decisions that the log could not take: it was full, or could not be written."
    );
    public static readonly Metric EventsWritten = new("admissionguard_events_written_total", Counter, "{event}", "Events written on objects.");
    public static readonly Metric EventsDropped = new(
        "admissionguard_events_dropped_total",
        Counter,
        "{event}",
        "Events that were too many, or could not be written."
    );
    public static readonly Metric ReportsWritten = new(
        "admissionguard_reports_written_total",
        Counter,
        "{report}",
        "Reports written or removed by this replica."
    );
    public static readonly Metric ReportsErrors = new(
        "admissionguard_reports_errors_total",
        Counter,
        "{round}",
        "Rounds of the audit that failed in this replica; the log says why."
    );
    public static readonly Metric ReportsLeading = new(
        "admissionguard_reports_leading",
        Gauge,
        "{replica}",
        "1 in the replica that audits and writes reports; the others have 0 in the gauges of the audit."
    );
    public static readonly Metric ReportsObjects = new("admissionguard_reports_objects", Gauge, "{object}", "Objects audited.");
    public static readonly Metric Reports = new("admissionguard_reports", Gauge, "{report}", "Reports stored.");
    public static readonly Metric ReportsResults = new("admissionguard_reports_results", Gauge, "{result}", "Results in the reports.");
    public static readonly Metric ReportsResultsLeftOut = new(
        "admissionguard_reports_results_left_out",
        Gauge,
        "{result}",
        "Results that found no room in the reports of their namespace."
    );
    public static readonly Metric ReportsPass = new(
        "admissionguard_reports_pass_seconds",
        Gauge,
        "s",
        "How long the last pass took that judged something."
    );
    public static readonly Metric PoliciesLoaded = new("admissionguard_policies_loaded", Gauge, "{policy}", "Policies in force.");
    public static readonly Metric ExceptionsLoaded = new(
        "admissionguard_exceptions_loaded",
        Gauge,
        "{exception}",
        "Exceptions known, ended ones included."
    );
    public static readonly Metric PoliciesLoadedTime = new(
        "admissionguard_policies_loaded_timestamp_seconds",
        Gauge,
        "s",
        "When the policies in force were read."
    );
    public static readonly Metric PoliciesRefused = new(
        "admissionguard_policies_refused",
        Gauge,
        "{state}",
        "1 while a policy holds an error and its last good version stays in force."
    );
    public static readonly Metric WatchSynced = new(
        "admissionguard_watch_synced",
        Gauge,
        "{state}",
        "1 while all objects of the kind are known and changes are told; 0 makes rules that read it warn at most.",
        "kind"
    );
    public static readonly Metric CertificateExpiry = new(
        "admissionguard_certificate_expiry_timestamp_seconds",
        Gauge,
        "s",
        "When the certificate that is served, and the authority that signed it, expire.",
        "certificate"
    );
    public static readonly Metric CertificateError = new(
        "admissionguard_certificate_error",
        Gauge,
        "{state}",
        "1 while the certificate cannot be followed, is broken where it is kept, or is not trusted; the last good one is served."
    );
    public static readonly Metric Ready = new("admissionguard_ready", Gauge, "{state}", "1 while requests are wanted.");

    public static readonly Metric Refusing = new(
        "admissionguard_refusing",
        Gauge,
        "{state}",
        "1 while a review of the API server was refused in the last seconds, for want of room or time: unsafe objects may be stored meanwhile."
    );

    /// <summary>Prometheus' own name for it in every language's client, hence without our prefix.</summary>
    public static readonly Metric ResidentMemory = new("process_resident_memory_bytes", Gauge, "By", "Resident memory.");

    public static readonly IReadOnlyList<Metric> All =
    [
        Reviews,
        ReviewDuration,
        Findings,
        FindingsExempted,
        BreakGlass,
        Teardown,
        RequestsRefused,
        RuleFailures,
        PolicyReviews,
        LoopFaults,
        DecisionsWritten,
        DecisionsDropped,
        EventsWritten,
        EventsDropped,
        ReportsWritten,
        ReportsErrors,
        ReportsLeading,
        ReportsObjects,
        Reports,
        ReportsResults,
        ReportsResultsLeftOut,
        ReportsPass,
        PoliciesLoaded,
        ExceptionsLoaded,
        PoliciesLoadedTime,
        PoliciesRefused,
        WatchSynced,
        CertificateExpiry,
        CertificateError,
        Ready,
        Refusing,
        ResidentMemory,
    ];

    /// <summary>Written in <c>/metrics</c> as the gauges that they were, until the version after 0.1; OTLP never had them.</summary>
    public static readonly IReadOnlyList<DeprecatedName> Deprecated =
    [
        new("admissionguard_decisions_written", DecisionsWritten),
        new("admissionguard_decisions_dropped", DecisionsDropped),
        new("admissionguard_events_written", EventsWritten),
        new("admissionguard_events_dropped", EventsDropped),
        new("admissionguard_reports_written", ReportsWritten),
        new("admissionguard_reports_errors", ReportsErrors),
    ];
}
