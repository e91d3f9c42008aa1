using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// What of a DestinationRule's policy somebody gets: of the rules that Istio merges it with only what counts, and only for ports that the service
/// has. What no client gets is in no rule's way. Rules that ask read DestinationRules, Services and ServiceEntries.
/// </summary>
internal sealed class PolicyInForce
{
    private readonly List<MapInForce> maps = [];
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private readonly Inspection x;
    private readonly IReadOnlyList<long>? ports;

    private PolicyInForce(Inspection x)
    {
        this.x = x;
        var scope = new HostScope(x.Subject);
        if (scope.Host.Length == 0)
        {
            Add(x.Subject.Policy, _ => true);
            return;
        }
        ports = HostRegistry.KnownPorts(x.World, scope.Qualified);
        if (HostPolicies.AreTooMany(x.World, scope.Qualified, x.Subject.Namespace))
        {
            Add(x.Subject.Policy, _ => true);
            return;
        }
        foreach (var counting in HostPolicies.Of(x).CountingOf(scope.Qualified, x.Subject.Namespace))
        {
            var rule = counting.Rule;
            if (!rule.Has(x.Key))
                continue;
            HasOthers |= rule.Parts.Count > 1;
            if (rule.Parts.Count == 1)
                Add(x.Subject.Policy, _ => true);
            else
                Add(new EffectivePolicy(rule.Policy, [.. rule.Subsets.Values.Select(s => s.Node)], x.Read), map => IsMine(rule, map));
        }
    }

    /// <summary>Every map that the object under review has, or would have to have, and that some client gets on some port. Each once.</summary>
    public IReadOnlyList<MapInForce> Maps => maps;

    /// <summary>Other DestinationRules are merged with it.</summary>
    public bool HasOthers { get; }

    public static PolicyInForce Of(Inspection x) => x.Shared(i => new PolicyInForce(i));

    /// <summary>Where no part has a top-level policy, each of them may be given one.</summary>
    private bool IsMine(MergedRule rule, PolicyMap map) =>
        map.IsForHost ? (rule.PolicyOwner ?? x.Key) == x.Key : rule.Subsets.TryGetValue(map.SubsetName!, out var subset) && subset.Owner == x.Key;

    private void Add(EffectivePolicy policy, Func<PolicyMap, bool> isMine)
    {
        foreach (var map in policy.Maps)
        {
            if (isMine(map) && IsReached(policy, map) && keys.Add(map.Key))
                maps.Add(new MapInForce(x, policy, map));
        }
    }

    private bool IsReached(EffectivePolicy policy, PolicyMap map)
    {
        if (ports is null)
            return true;
        if (map.Port is { } port)
            return ports.Contains(port);
        foreach (var other in ports)
        {
            var isTaken = map.Layer == PolicyLayer.Top ? policy.HasTopEntry(other) : HasEntry(map.Node, other);
            if (!isTaken)
                return true;
        }
        return false;
    }

    private static bool HasEntry(Node policy, long port)
    {
        foreach (var item in policy["portLevelSettings"u8].Items)
        {
            if (new Reader().Integer(item["port"u8]["number"u8]) == port)
                return true;
        }
        return false;
    }
}

/// <summary>A map of a traffic policy that some client gets, beside what it is merged with.</summary>
internal sealed class MapInForce(Inspection x, EffectivePolicy policy, PolicyMap map)
{
    public PolicyMap Map { get; } = map;

    public Node Node => Map.Node;

    public string Key => Map.Key;

    public PolicyLayer Layer => Map.Layer;

    public bool IsForHost => Map.IsForHost;

    /// <summary>What it replaces, in a sentence.</summary>
    public string Above => Map.Above;

    /// <summary>Whom it is for, in a sentence.</summary>
    public string Whom(string host) => Map.Whom(host);

    /// <summary>Whether what stands here, or that it is missing, is what somebody gets.</summary>
    public bool Decides(ReadOnlySpan<byte> message) => Map.Decides(message);

    /// <summary>What Envoy gets of a message that this map decides about: its own, else the mesh's default.</summary>
    public Node Message(ReadOnlySpan<byte> message) => IsFromMesh(message) ? x.Settings.Mesh.DefaultTrafficPolicy[message] : Node[message];

    /// <summary>
    /// Whether the mesh has such a message for whoever has none, so that writing a part of it here takes the rest away. An entry for a port of a
    /// subset has lost it already (docs/facts/istio.md#mesh-default-policy).
    /// </summary>
    public bool IsFromMesh(ReadOnlySpan<byte> message) =>
        !Node[message].Exists && Layer != PolicyLayer.SubsetPort && x.Settings.Mesh.DefaultTrafficPolicy[message].Exists;

    /// <summary>One message for those whom this map is for.</summary>
    public Node Of(ReadOnlySpan<byte> message) => policy.Of(message, Map);

    /// <summary>What would count without this map; absent at the top, which replaces nothing.</summary>
    public Node Replaced(ReadOnlySpan<byte> message) => policy.Replaced(message, Map);

    /// <summary>The names of the subsets, of all rules merged, that have no such message of their own.</summary>
    public IReadOnlyList<string> SubsetsWithout(ReadOnlySpan<byte> message) => policy.SubsetsWithout(message);

    /// <summary>Whether there are subsets, of any rule merged.</summary>
    public bool HasSubsets => policy.HasSubsets;

    /// <summary>Where a field is, or where it would have to be written: <c>connectionPool/http/maxRetries</c>.</summary>
    public Place PlaceOf(string path) => Node.Exists ? Place.Below(Node, path) : new Place(x.Spec, "trafficPolicy/" + path);
}
