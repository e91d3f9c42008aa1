namespace AdmissionGuard.Core;

/// <summary>A kind of object in its API group. The version does not matter: every served version has the same meaning (facts 1.1, 3.1).</summary>
public sealed record ObjectKind(string Group, string Name, string Plural)
{
    public static readonly ObjectKind VirtualService = new("networking.istio.io", "VirtualService", "virtualservices");
    public static readonly ObjectKind DestinationRule = new("networking.istio.io", "DestinationRule", "destinationrules");
    public static readonly ObjectKind Rollout = new("argoproj.io", "Rollout", "rollouts");

    private static readonly ObjectKind[] Known = [VirtualService, DestinationRule, Rollout];

    /// <summary>The kind, or null where it is not ours; a kind of the same name in another group is not.</summary>
    public static ObjectKind? Find(ReadOnlySpan<char> group, ReadOnlySpan<char> name)
    {
        foreach (var kind in Known)
        {
            if (name.SequenceEqual(kind.Name) && group.SequenceEqual(kind.Group)) return kind;
        }
        return null;
    }

    /// <summary>As <see cref="Find"/>, from an object's <c>apiVersion</c> and <c>kind</c>.</summary>
    public static ObjectKind? Of(string? apiVersion, string? kind)
    {
        if (apiVersion is null || kind is null) return null;
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? null : Find(apiVersion.AsSpan(0, slash), kind);
    }

    public override string ToString() => Name;
}
