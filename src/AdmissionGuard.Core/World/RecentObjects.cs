using System.Collections.Immutable;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.World;

/// <summary>
/// What objects said within the last minutes and say no longer, as one replica's watch saw them. Immutable, and bounded: of an object the first
/// versions are kept, so that many edits do not push out what it began with.
/// </summary>
public sealed class RecentObjects
{
    /// <summary>How long a version counts after another one has replaced it.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>With earlier versions; the ones that were replaced first go first.</summary>
    public const int MostObjects = 10_000;

    internal const int MostVersions = 8;

    /// <summary>Of all versions, in bytes of JSON.</summary>
    private const long MostBytes = 32 << 20;

    private readonly ImmutableDictionary<ObjectKey, ImmutableArray<Version>> versions;
    private readonly ImmutableQueue<(ObjectKey Key, DateTimeOffset Until)> order;
    private readonly long bytes;

    private readonly record struct Version(DateTimeOffset Until, Node Root);

    private RecentObjects(
        ImmutableDictionary<ObjectKey, ImmutableArray<Version>> versions,
        ImmutableQueue<(ObjectKey Key, DateTimeOffset Until)> order,
        long bytes
    )
    {
        this.versions = versions;
        this.order = order;
        this.bytes = bytes;
    }

    public static RecentObjects None { get; } = new(ImmutableDictionary<ObjectKey, ImmutableArray<Version>>.Empty, [], 0);

    public int Count => versions.Count;

    /// <summary>With a version that was in force until now.</summary>
    public RecentObjects With(ObjectKey key, Node was, DateTimeOffset now)
    {
        var known = versions.GetValueOrDefault(key, []);
        var size = was.Raw.Length;
        if (known.Length == MostVersions)
        {
            size -= known[^1].Root.Raw.Length;
            known = known.RemoveAt(MostVersions - 1);
        }
        return new RecentObjects(versions.SetItem(key, known.Add(new Version(now, was))), order.Enqueue((key, now)), bytes + size).Bounded(now);
    }

    /// <summary>The versions of an object that were in force within <see cref="Window"/>, the first one first.</summary>
    internal IEnumerable<Node> Of(ObjectKey key, DateTimeOffset now) =>
        versions.GetValueOrDefault(key, []).Where(v => v.Until > now - Window).Select(v => v.Root);

    private RecentObjects Bounded(DateTimeOffset now)
    {
        var (left, queue, sum) = (versions, order, bytes);
        while (!queue.IsEmpty && (queue.Peek().Until <= now - Window || left.Count > MostObjects || sum > MostBytes))
        {
            queue = queue.Dequeue(out var oldest);
            if (!left.TryGetValue(oldest.Key, out var known))
                continue;
            var kept = known.RemoveAll(v => v.Until <= oldest.Until);
            sum -= known.Sum(v => (long)v.Root.Raw.Length) - kept.Sum(v => (long)v.Root.Raw.Length);
            left = kept.IsEmpty ? left.Remove(oldest.Key) : left.SetItem(oldest.Key, kept);
        }
        return ReferenceEquals(queue, order) ? this : new RecentObjects(left, queue, sum);
    }
}
