using AdmissionGuard.Admission;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Server;

/// <summary>
/// How long a request may take, from its headers to its answer: what the API server says that it waits, less what the answer needs for its way, and
/// never long. It ends too when the connection does.
/// </summary>
internal sealed class Deadline : Patience
{
    private readonly TimeProvider time;
    private readonly CancellationToken aborted;
    private readonly long end;

    /// <param name="waits">How long the API server waits, from now.</param>
    public Deadline(TimeProvider time, TimeSpan waits, CancellationToken aborted)
    {
        this.time = time;
        this.aborted = aborted;
        var useful = waits * (1 - ServerLimits.DeadlineMargin);
        if (useful > ServerLimits.LongestReview)
            useful = ServerLimits.LongestReview;
        end = time.GetTimestamp() + (long)(useful.TotalSeconds * time.TimestampFrequency);
    }

    public override bool HasEnded => aborted.IsCancellationRequested || Left <= TimeSpan.Zero;

    public bool IsAborted => aborted.IsCancellationRequested;

    public CancellationToken Aborted => aborted;

    public TimeProvider Time => time;

    public TimeSpan Left => time.GetElapsedTime(time.GetTimestamp(), end);

    /// <summary>
    /// By the query parameter that an API server sends (docs/facts/kubernetes-admission.md#timeout); without it the longest that one waits.
    /// </summary>
    public static Deadline Of(HttpContext context, TimeProvider time)
    {
        var waits = ServerLimits.LongestWait;
        if (
            context.Request.Query.TryGetValue("timeout", out var said)
            && Durations.TryParse(said.ToString(), out var told)
            && told > TimeSpan.Zero
            && told < waits
        )
            waits = told;
        return new Deadline(time, waits, context.RequestAborted);
    }
}
