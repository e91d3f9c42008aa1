using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Kubernetes;

/// <summary>An object's place in its resource; <paramref name="Namespace"/> is empty for what has none.</summary>
internal readonly record struct ItemName(string Namespace, string Name)
{
    public static ItemName Of(Node item)
    {
        var metadata = item["metadata"u8];
        return new ItemName(metadata["namespace"u8].Text ?? "", metadata["name"u8].Text ?? "");
    }
}

internal enum ChangeType
{
    /// <summary>What was told up to here is all there is, as the server shows it now.</summary>
    Synced,

    /// <summary>A new object, or a new state of one.</summary>
    Changed,

    /// <summary>It is gone; the object is its last state where the server told it, and does not exist where it went unseen.</summary>
    Deleted,

    /// <summary>The server does not tell us of changes any more: what we know grows old until Synced comes again.</summary>
    Lost,
}

internal readonly record struct Change(ChangeType Type, ItemName Key, Node Object)
{
    public static readonly Change Synced = new(ChangeType.Synced, default, default);

    public static readonly Change Lost = new(ChangeType.Lost, default, default);
}

/// <summary>How far a watch can be trusted.</summary>
/// <param name="Synced">All was told at least once.</param>
/// <param name="Served">The resource is there; false counts as synced with nothing in it.</param>
/// <param name="LostSince">Null while the server tells us of changes.</param>
/// <param name="Reason">Why it was lost, or is not yet synced, in one line.</param>
internal sealed record WatchState(bool Synced, bool Served, DateTimeOffset? LostSince, string? Reason)
{
    public static readonly WatchState NotYet = new(Synced: false, Served: false, LostSince: null, "not listed yet");
}
