namespace AdmissionGuard.Kubernetes;

/// <summary>How long, how often and how much of API access, all of it in one place. Sizes are in bytes.</summary>
internal static class ApiLimits
{
    /// <summary>Until a connection stands.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(10);

    /// <summary>From the request's first byte to the answer's headers; the credentials are at hand by then.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(30);

    /// <summary>Between two pieces of an answer's body.</summary>
    public static readonly TimeSpan Body = TimeSpan.FromSeconds(30);

    /// <summary>Of a plugin that logs in: a cloud may be slow; longer than this is a plugin that waits for somebody.</summary>
    public static readonly TimeSpan Plugin = TimeSpan.FromSeconds(60);

    /// <summary>A plugin is asked again this long before what it gave expires, so that a request under way is not refused.</summary>
    public static readonly TimeSpan PluginMargin = TimeSpan.FromSeconds(10);

    /// <summary>A connection without traffic is probed after this long, so that a watch on a dead one does not wait for its own end.</summary>
    public static readonly TimeSpan Ping = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan PingAnswer = TimeSpan.FromSeconds(15);

    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(30);

    /// <summary>The longest pause before another try, whatever the server asks for.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The server ends a watch after this long, and half as much again by chance, as client-go does: a balance of load and old connections.
    /// </summary>
    public static readonly TimeSpan Watch = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A watch that ends sooner and told nothing is a failure: a server that ends them all at once must not be asked without a pause.
    /// </summary>
    public static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);

    /// <summary>How often a resource that is not served is looked for.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    /// <summary>The first bound of the pauses after failures in a row; it doubles.</summary>
    public static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(0.5);

    public static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    /// <summary>Others wait this long without a change of a lease before they take over.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>A leader that could not renew for this long leads no more.</summary>
    public static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan LeaseRetry = TimeSpan.FromSeconds(2);

    /// <summary>Tries in all while the server answers 429, or 503 with a Retry-After: it has then not begun with the request.</summary>
    public const int Tries = 5;

    /// <summary>Objects of a page.</summary>
    public const int PageSize = 500;

    /// <summary>How often a list begins again because a page came too late.</summary>
    public const int Restarts = 5;

    /// <summary>
    /// A page of 500 usual objects has 1 to 5 MB; where one is larger than this, smaller pages are asked for. Read and parsed it takes about four
    /// times that.
    /// </summary>
    public const int PageBytes = 8 << 20;

    public const int ObjectBytes = 16 << 20;

    public const int StatusBytes = 256 << 10;

    public const int PluginBytes = 1 << 20;

    /// <summary>Characters of a refusal that are shown.</summary>
    public const int StatusText = 300;
}
