using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// Values that a message of a traffic policy lacks. Paths of leaves begin at the message: <c>connectionPool/tcp/maxConnections</c>.
/// </summary>
internal static class PolicyDefaults
{
    /// <summary>
    /// The edit that writes them at the top: into maps only, never into items of a list. Always from spec, so that the same leaf has the same path
    /// whatever of its parents is there; what an edit may add on UPDATE is compared by it.
    /// </summary>
    public static Edit Edit(Node spec, IEnumerable<Edit.Leaf> leaves) => new(spec, Below(leaves));

    /// <summary>
    /// Lines that one pastes in a place of a traffic policy, <paramref name="path"/> such as <c>connectionPool</c>: from the first key that is
    /// missing on,
    /// or the map that is there with its own values and these.
    /// </summary>
    public static string Yaml(Place at, string path, IEnumerable<Edit.Leaf> leaves)
    {
        if (at.Missing is null)
            return Json.Yaml.Write(path[(path.LastIndexOf('/') + 1)..], Filled(at.Node, From(leaves, path.Length + 1)));
        var first = at.Missing.Split('/')[0];
        var there = Top.Length + path.Length - at.Missing.Length;
        return Json.Yaml.Write(first, Filled(Node.Parse("{}"), From(Below(leaves), there))[first]);
    }

    /// <summary>
    /// Whether nothing stands in a top-level policy but what repairs put there by default: whoever judges what its author wrote must not blame him
    /// for it.
    /// Values that a policy's parameters choose are not known here.
    /// </summary>
    public static bool MayBeInjected(Node policy) => policy.IsObject && IsPartOf(policy, Injected);

    private static readonly Node Injected = Filled(
        Node.Parse(
            """{"outlierDetection":{"consecutive5xxErrors":5,"interval":"10s","baseEjectionTime":"30s","maxEjectionPercent":50},"""
                + """ "connectionPool":{"tcp":{"connectTimeout":"2s"}}}"""
        ),
        [.. PoolLimit.All.Select(l => Json.Edit.Leaf.Of(l.Path, l.Usual))]
    );

    /// <summary>Whether everything that stands in one map stands in the other as well.</summary>
    public static bool IsPartOf(Node part, Node whole)
    {
        if (!part.IsObject)
            return part.SameAs(whole);
        foreach (var entry in part.Entries)
        {
            if (!IsPartOf(entry.Value, whole[entry.Name]))
                return false;
        }
        return true;
    }

    private const string Top = "trafficPolicy/";

    private static Node Filled(Node map, List<Edit.Leaf> leaves) => Json.Edit.Apply(map, new Edit(map, leaves).Additions(map));

    private static List<Edit.Leaf> Below(IEnumerable<Edit.Leaf> leaves) => [.. leaves.Select(leaf => leaf with { Path = Top + leaf.Path })];

    private static List<Edit.Leaf> From(IEnumerable<Edit.Leaf> leaves, int start) =>
        [.. leaves.Select(leaf => leaf with { Path = leaf.Path[start..] })];
}
