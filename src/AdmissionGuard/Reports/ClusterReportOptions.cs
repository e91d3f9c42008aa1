using AdmissionGuard.Certificates;

namespace AdmissionGuard.Reports;

internal sealed record ClusterReportOptions
{
    /// <summary>Names the lease.</summary>
    public required ServiceName Service { get; init; }

    public required ReportPace Pace { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Who runs the server reads there of what cannot be written.</summary>
    public required TextWriter Log { get; init; }
}
