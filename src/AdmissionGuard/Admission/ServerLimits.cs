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

    /// <summary>A body takes room in steps of so much, as its bytes arrive.</summary>
    public const int BodyStep = 4 << 10;

    /// <summary>Up to this size a body is small: a part of the room is for these alone. Most objects of a cluster are.</summary>
    public const int SmallBodyBytes = 64 << 10;

    /// <summary>Of one connection, or stream, that is not read now: what a refused body may leave behind.</summary>
    public const int ReadAhead = 128 << 10;

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

    /// <summary>Of the decision log with the file before it, where nobody says <c>--decision-log-mib</c>; and at least.</summary>
    public const long DecisionLogBytes = 1L << 30;

    public const int LeastDecisionLogMib = 64;

    /// <summary>Of findings in a line of the decision log: a refusal shows twenty, more than these say nothing new about a policy.</summary>
    public const int DecisionFindings = 100;

    /// <summary>Seconds of <c>--drain</c>; without the option, and at most.</summary>
    public const int DrainSeconds = 5;

    public const int MostDrainSeconds = 600;

    /// <summary>From the first byte of a request to the end of its headers.</summary>
    public static readonly TimeSpan Headers = TimeSpan.FromSeconds(10);

    /// <summary>The longest that an API server waits for a webhook (docs/facts/kubernetes-admission.md#timeout).</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest that a request takes here, its body included: an answer that comes later is of little use to whoever waits for a write.
    /// </summary>
    public static readonly TimeSpan LongestReview = TimeSpan.FromSeconds(4);

    /// <summary>Of the API server's patience, what is left for the way of the answer.</summary>
    public const double DeadlineMargin = 0.2;

    /// <summary>For a TLS handshake, and for a connection on which nobody asks anything.</summary>
    public static readonly TimeSpan Handshake = TimeSpan.FromSeconds(10);

    /// <summary>For a connection of the API server between two reviews; it closes its own after 90 s.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(2);

    /// <summary>For requests under way when the server stops.</summary>
    public static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(10);

    /// <summary>After which a request that found the server busy is welcome again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
}
