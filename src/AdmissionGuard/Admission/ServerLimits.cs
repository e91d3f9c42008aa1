namespace AdmissionGuard.Admission;

/// <summary>What bounds the server: sizes in bytes, time-outs, and how much of anything there may be at once.</summary>
internal static class ServerLimits
{
    /// <summary>
    /// Of one body. An API server takes objects of 3 MiB, and a review holds two and the rest (docs/facts/kubernetes-admission.md#object-size).
    /// </summary>
    public const int BodyBytes = 8 << 20;

    /// <summary>
    /// Of all bodies that are read or judged. Judging costs about three times the body besides (index of tokens, findings): with this the process
    /// stays well below 512 MiB.
    /// </summary>
    public const long BodyBytesInFlight = 24L << 20;

    /// <summary>The room that a body gets before its first byte; it doubles as bytes arrive.</summary>
    public const int FirstBodyBytes = 32 << 10;

    /// <summary>Of all headers of a request.</summary>
    public const int HeaderBytes = 16 << 10;

    public const int Connections = 4096;

    /// <summary>Of reviews that wait or are judged; <see cref="BodyBytesInFlight"/> bounds them by size.</summary>
    public const int ReviewsInside = 1024;

    /// <summary>
    /// From this size of its body on, a review waits with its like and leaves a core to the others: parsed and judged it takes milliseconds to
    /// seconds,
    /// and several times its size in memory.
    /// </summary>
    public const int LargeBodyBytes = 256 << 10;

    /// <summary>Of <c>request.uid</c>, which the answer echoes; a UUID has 36.</summary>
    public const int UidCharacters = 256;

    /// <summary>Of lines of the decision log that wait. A line holds two objects, so the bound is in bytes.</summary>
    public const long DecisionBytesWaiting = 16 << 20;

    /// <summary>Of findings in a line of the decision log: a refusal shows twenty, more than these say nothing new about a policy.</summary>
    public const int DecisionFindings = 100;

    /// <summary>Seconds of <c>--drain</c>; without the option, and at most.</summary>
    public const int DrainSeconds = 5;

    public const int MostDrainSeconds = 600;

    /// <summary>From the first byte of a request to the end of its headers.</summary>
    public static readonly TimeSpan Headers = TimeSpan.FromSeconds(10);

    /// <summary>The longest that an API server waits for a webhook (docs/facts/kubernetes-admission.md#timeout).</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>What is left of the API server's patience for the way of the answer; half of it where it waits for less than twice this.</summary>
    public static readonly TimeSpan DeadlineMargin = TimeSpan.FromMilliseconds(250);

    /// <summary>For requests under way when the server stops.</summary>
    public static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(10);

    /// <summary>After which a request that found the server busy is welcome again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
}
