using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>A route's retries and the timeout that spans all tries, as Istio and Envoy read them (facts 2.5).</summary>
internal readonly struct RetryPolicy
{
    /// <summary>What Istio retries on where <c>retryOn</c> is absent or empty, since 1.24.</summary>
    public const string DefaultRetryOn = "connect-failure,refused-stream,unavailable,cancelled";

    public RetryPolicy(VirtualServiceRoute route, Reader read)
    {
        Node = read.Map(route.Node["retries"u8]);
        Attempts = read.Integer(Node["attempts"u8]);
        var perTry = read.Duration(Node["perTryTimeout"u8]);
        var timeout = read.Duration(route.Node["timeout"u8]);
        var retryOn = Node["retryOn"u8];
        PerTry = Positive(perTry);
        Timeout = Positive(timeout);
        RetriesTimeouts = retryOn.TryCopyText(stackalloc char[256], out var plain) ? CoversTimeouts(plain) : CoversTimeouts(read.Text(retryOn));
        IsReadable = Node.Exists == route.Node["retries"u8].Exists
            && Attempts is null != Node["attempts"u8].Exists
            && perTry is null != Node["perTryTimeout"u8].Exists
            && timeout is null != route.Node["timeout"u8].Exists
            && (!retryOn.Exists || retryOn.Kind == System.Text.Json.JsonValueKind.String);
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

    /// <summary>Only these cover a reset by ourselves (Envoy, retry_state_impl.cc).</summary>
    public static bool CoversTimeouts(ReadOnlySpan<char> retryOn)
    {
        foreach (var range in retryOn.Split(','))
        {
            if (retryOn[range].Trim() is "5xx" or "gateway-error" or "reset") return true;
        }
        return false;
    }

    private static TimeSpan? Positive(TimeSpan? duration) => duration > TimeSpan.Zero ? duration : null;
}
