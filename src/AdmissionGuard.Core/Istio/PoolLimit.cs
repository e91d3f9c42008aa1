using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// A limit of <c>connectionPool</c> that Istio lifts to 4294967295 where it is absent or 0 (docs/facts/istio.md#connection-pool-limits).
/// </summary>
/// <param name="Usual">
/// A limit that stops a storm and no ordinary hour: each client proxy counts for itself, a gateway's over all its callers. Istio took its own
/// defaults of 1024 back because they caused outages (docs/facts/istio.md#pool-defaults).
/// </param>
/// <param name="Bounds">What is unbounded without it.</param>
internal sealed record PoolLimit(string Group, string Field, int Usual, string Bounds)
{
    public static readonly PoolLimit Connections = new("tcp", "maxConnections", 10_000, "connections");
    public static readonly PoolLimit Pending = new("http", "http1MaxPendingRequests", 1_000, "waiting requests");
    public static readonly PoolLimit Requests = new("http", "http2MaxRequests", 10_000, "requests in flight");
    public static readonly PoolLimit Retries = new("http", "maxRetries", 200, "concurrent retries");

    public static readonly PoolLimit[] All = [Connections, Pending, Requests, Retries];

    /// <summary><c>connectionPool/http/maxRetries</c></summary>
    public string Path { get; } = $"connectionPool/{Group}/{Field}";

    /// <summary>As people write it, from the pool on.</summary>
    public string Name { get; } = $"{Group}.{Field}";

    /// <summary>Its value in a pool, or the absent node.</summary>
    public Node In(Node pool, Reader read) => read.Map(pool[Group])[Field];

    /// <summary>
    /// Whether nothing is written. Not where 0 is (that is another rule's matter), nor where a map has the wrong type: that is unknown.
    /// </summary>
    public bool IsMissing(Node pool, Reader read)
    {
        if (pool.Exists && !read.Map(pool).Exists)
            return false;
        return (!pool[Group].Exists || read.Map(pool[Group]).Exists) && !In(pool, read).Exists;
    }

    /// <summary>What to write: the value that an override replaces, where there was one; at the top the default.</summary>
    public Edit.Leaf LeafFrom(Node replaced, int otherwise, Reader read) =>
        IsSet(replaced, read) ? new Edit.Leaf(Path, In(replaced, read).ToString()) : Edit.Leaf.Of(Path, otherwise);

    public bool IsSet(Node pool, Reader read) => read.Integer(In(pool, read)) > 0;
}
