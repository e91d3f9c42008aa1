using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>A route's retries and the timeout that spans all tries, as Istio and Envoy read them (docs/facts/istio.md#default-retries).</summary>
internal readonly struct RetryPolicy
{
    /// <summary>What Istio retries on where <c>retryOn</c> is absent or empty, since 1.24.</summary>
    public const string DefaultRetryOn = "connect-failure,refused-stream,unavailable,cancelled";

    private readonly VirtualServiceRoute? route;

    public RetryPolicy(VirtualServiceRoute route, Reader read)
        : this(route.Node, read)
    {
        this.route = route;
    }

    /// <param name="route">Whatever has <c>retries</c> and a <c>timeout</c>: a route, or the service of a Canary.</param>
    public RetryPolicy(Node route, Reader read)
        : this(route, route["retries"u8], read) { }

    private RetryPolicy(Node route, Node block, Reader read)
    {
        Node = read.Map(block);
        Attempts = read.Integer(Node["attempts"u8]);
        var perTry = read.Duration(Node["perTryTimeout"u8]);
        var timeout = read.Duration(route["timeout"u8]);
        var retryOn = Node["retryOn"u8];
        PerTry = Positive(perTry);
        Timeout = Positive(timeout);
        RetriesTimeouts = retryOn.TryCopyText(stackalloc char[256], out var plain) ? CoversTimeouts(plain) : CoversTimeouts(read.Text(retryOn));
        IsReadable =
            Node.Exists == block.Exists
            && Attempts is null != Node["attempts"u8].Exists
            && perTry is null != Node["perTryTimeout"u8].Exists
            && timeout is null != route["timeout"u8].Exists
            && (!retryOn.Exists || retryOn.Kind == System.Text.Json.JsonValueKind.String);
    }

    /// <summary>
    /// The retries of the mesh, which every route has that says none (docs/facts/istio.md#mesh-config). Null where the mesh has no default of its
    /// own, or the route says its own retries or answers itself.
    /// </summary>
    /// <param name="default">MeshConfig's <c>defaultHttpRetryPolicy</c>.</param>
    public static RetryPolicy? OfMesh(VirtualServiceRoute route, Node @default, Reader read) =>
        @default.Exists && route.Forwards && !route.Node["retries"u8].Exists ? new RetryPolicy(route.Node, @default, read) : null;

    /// <summary>
    /// The retries that a route really makes: null where it has none, says no number above 0, or cannot be read.
    /// </summary>
    public static RetryPolicy? InForce(VirtualServiceRoute route, Reader read)
    {
        if ((!route.Forwards && !route.Delegates) || !route.Node["retries"u8].Exists)
            return null;
        var retries = route.Retries(read);
        return retries.IsReadable && retries.Attempts > 0 ? retries : null;
    }

    public Node Node { get; }

    /// <summary>False where a value has the wrong type: then the others mean something else than they seem to.</summary>
    public bool IsReadable { get; }

    /// <summary>Retries after the first try; null where the block does not say, which is 0.</summary>
    public long? Attempts { get; }

    /// <summary>Null where there is none; 0 is none.</summary>
    public TimeSpan? PerTry { get; }

    /// <summary>Null where there is none; 0 is none.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>How long all tries may take, the pauses between them not counted; as seconds, since users may write any number.</summary>
    public double TriesTake => (1 + (double)(Attempts ?? 0)) * (PerTry ?? TimeSpan.Zero).TotalSeconds;

    /// <summary>Whether a try that timed out is tried again; an absent or empty <c>retryOn</c> is Istio's default, which does not.</summary>
    public bool RetriesTimeouts { get; }

    /// <summary>What a timeout leaves for each try, as a round number; at least 1 ms.</summary>
    public static TimeSpan ShareOf(TimeSpan timeout, long attempts)
    {
        var each = timeout.TotalMilliseconds / (1 + (double)Math.Max(1, attempts));
        var unit = each switch
        {
            >= 1000 => 100,
            >= 100 => 10,
            _ => 1,
        };
        return TimeSpan.FromMilliseconds(Math.Max(1, Math.Floor(each / unit) * unit));
    }

    /// <summary>Only these cover a reset by ourselves (Envoy, retry_state_impl.cc).</summary>
    public static bool CoversTimeouts(ReadOnlySpan<char> retryOn)
    {
        foreach (var range in retryOn.Split(','))
        {
            if (retryOn[range].Trim() is "5xx" or "gateway-error" or "reset")
                return true;
        }
        return false;
    }

    /// <summary>The conditions of <c>retryOn</c> as written, empty ones left out; none where it is absent.</summary>
    public IReadOnlyList<string> Conditions => route?.RetryConditions ?? ConditionsOf(Node["retryOn"u8]);

    internal static IReadOnlyList<string> ConditionsOf(Node retryOn) =>
        retryOn.Text is { } text ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>
    /// Whether a condition also retries what a server may have done already (docs/facts/envoy.md#retry-safety). A status is such a condition, but for
    /// 429, which says that nothing was done; <c>retriable-status-codes</c> adds nothing to the statuses beside it.
    /// </summary>
    public static bool MayRepeatWork(string condition) =>
        condition is "5xx" or "gateway-error" or "reset" or "retriable-4xx" or "internal" or "deadline-exceeded"
        || (IsStatus(condition) && condition != "429");

    /// <summary>Whether a condition says that the server has too much to do.</summary>
    public static bool MeansOverload(string condition) => condition is "resource-exhausted" or "envoy-ratelimited" or "429";

    public static bool IsStatus(string condition) => condition.Length == 3 && condition.All(char.IsAsciiDigit);

    private static TimeSpan? Positive(TimeSpan? duration) => duration > TimeSpan.Zero ? duration : null;
}
