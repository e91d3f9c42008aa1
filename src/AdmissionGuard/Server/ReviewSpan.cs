using System.Diagnostics;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Telemetry;

namespace AdmissionGuard.Server;

/// <summary>
/// One span for each review, child of the API server's (<c>traceparent</c>): it shows in one trace what a slow <c>kubectl apply</c> waited for. It
/// holds nothing of the user but what the decision log has: kind, namespace and name of the object.
/// </summary>
internal static class ReviewSpan
{
    /// <summary>As long as the name of an object may be; a caller that is not an API server may send more.</summary>
    private const int MostText = 253;

    private static readonly ActivitySource Source = new(Metrics.MeterName);

    /// <summary>Null where nobody listens, for the price of reading one field; and where the API server's trace is not sampled.</summary>
    /// <param name="endpoint">The span's name: <c>validate</c>, <c>mutate</c> or <c>policies</c>.</param>
    public static Activity? Start(string endpoint, IHeaderDictionary headers)
    {
        if (!Source.HasListeners())
            return null;
        return ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent)
            ? Source.StartActivity(endpoint, ActivityKind.Server, parent)
            // a header that cannot be read begins a trace of its own, as W3C Trace Context asks for
            : Source.StartActivity(endpoint, ActivityKind.Server);
    }

    public static void Describe(Activity span, Verdict verdict)
    {
        var review = verdict.Review;
        Describe(span, review.Kind?.Name ?? "other", Words.Of(review.Operation), ReviewMetrics.Outcome(verdict), review.DryRun);
        span.SetTag("admissionguard.namespace", Shown.Clip(review.Namespace, MostText));
        span.SetTag("admissionguard.name", Shown.Clip(review.Name, MostText));
        span.SetTag("admissionguard.rules", verdict.Judgements.DistinctBy(j => j.Rule, StringComparer.Ordinal).Count());
        span.SetTag("admissionguard.findings", verdict.Judgements.Count);
    }

    /// <param name="operation">Null where it is none that is judged.</param>
    public static void Describe(Activity span, string kind, string? operation, string outcome, bool dryRun)
    {
        span.SetTag("admissionguard.kind", kind);
        span.SetTag("admissionguard.operation", operation);
        span.SetTag("admissionguard.outcome", outcome);
        span.SetTag("admissionguard.dry_run", dryRun);
    }

    /// <summary>It ended in an HTTP error instead of an answer.</summary>
    public static void Fail(Activity span, int status)
    {
        span.SetTag("http.response.status_code", status);
        span.SetStatus(ActivityStatusCode.Error);
    }
}
