using AdmissionGuard.Admission;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Server;

/// <summary>
/// How long the API server waits for one review: what it says itself, less what the answer needs for its way. It ends too when the connection does.
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
        var margin = waits / 2 < ServerLimits.DeadlineMargin ? waits / 2 : ServerLimits.DeadlineMargin;
        end = time.GetTimestamp() + (long)((waits - margin).TotalSeconds * time.TimestampFrequency);
    }

    public override bool HasEnded => aborted.IsCancellationRequested || Left <= TimeSpan.Zero;

    public bool IsAborted => aborted.IsCancellationRequested;

    public CancellationToken Aborted => aborted;

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
