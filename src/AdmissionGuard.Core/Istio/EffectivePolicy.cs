using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>Where a message of a traffic policy comes from, or would have to be written.</summary>
public enum PolicyLayer
{
    /// <summary><c>spec.trafficPolicy</c></summary>
    Top,

    /// <summary>An entry of <c>spec.trafficPolicy.portLevelSettings</c>.</summary>
    TopPort,

    /// <summary>A subset's <c>trafficPolicy</c>.</summary>
    Subset,

    /// <summary>An entry of a subset's <c>trafficPolicy.portLevelSettings</c>.</summary>
    SubsetPort,
}

/// <summary>Whom traffic goes to: the bare host or one subset, on one port or on every port that no entry names.</summary>
public readonly record struct PolicyTarget(Node Subset, string? SubsetName, long? Port);

/// <summary>A message as it reaches Envoy for a target.</summary>
/// <param name="Value">Absent where defaults apply.</param>
/// <param name="Holder">The map that holds it, or whose silence counts: absent where there is no <c>spec.trafficPolicy</c>.</param>
public readonly record struct EffectiveMessage(Node Value, PolicyLayer Layer, Node Holder);

/// <summary>
/// What Envoy really gets from a DestinationRule for each (subset, port): Istio replaces whole messages, and an entry for a port replaces
/// everything above it, also by saying nothing (docs/facts/istio.md#subset-policy, docs/facts/istio.md#port-policy).
/// </summary>
public sealed class EffectivePolicy
{
    private readonly bool isReadable;
    private readonly Node top;
    private readonly IReadOnlyList<Node> subsets;
    private readonly Reader read;
    private readonly Dictionary<long, Node>? topEntries;
    private PolicyMap[]? maps;

    /// <summary>Of one DestinationRule.</summary>
    public EffectivePolicy(Node spec, Reader read)
        : this(spec["trafficPolicy"u8], [.. read.Items(spec["subsets"u8])], read) => isReadable = spec.IsObject;

    /// <summary>Of several that Istio merges: the top-level policy and the subsets that count.</summary>
    public EffectivePolicy(Node policy, IReadOnlyList<Node> subsets, Reader read)
    {
        this.subsets = subsets;
        this.read = read;
        isReadable = true;
        HasUnreadableTop = policy.Exists && !policy.IsObject;
        top = read.Map(policy);
        foreach (var item in read.Items(top["portLevelSettings"u8]))
        {
            if (PortOf(item) is { } port)
                (topEntries ??= []).TryAdd(port, item);
        }
    }

    /// <summary>
    /// Every map in which messages can stand: the top one, which may be absent, and its entries, then each subset's. A rule that goes through these
    /// judges every place once, in time that grows with the document; the combinations of subsets and ports grow with its square.
    /// What has the wrong type is left out: it is unknown, not empty.
    /// </summary>
    public ReadOnlySpan<PolicyMap> Maps => maps ??= FindMaps();

    /// <summary>What stands at the top is no map: it is unknown, not absent.</summary>
    private bool HasUnreadableTop { get; }

    /// <summary>The messages that a port's entry can hold; the others (tunnel, proxyProtocol, retryBudget) it loses.</summary>
    public static bool IsPortLevel(ReadOnlySpan<byte> message) =>
        message.SequenceEqual("connectionPool"u8)
        || message.SequenceEqual("outlierDetection"u8)
        || message.SequenceEqual("loadBalancer"u8)
        || message.SequenceEqual("tls"u8);

    /// <summary>One message, such as <c>outlierDetection</c>, for one target.</summary>
    public EffectiveMessage Of(ReadOnlySpan<byte> message, PolicyTarget target)
    {
        var portLevel = IsPortLevel(message);
        var own = read.Map(target.Subset["trafficPolicy"u8]);
        var entry = EntryFor(own, target.Port);
        if (entry.Exists && portLevel)
            return new EffectiveMessage(entry[message], PolicyLayer.SubsetPort, entry);
        if (!entry.Exists && own[message].Exists)
            return new EffectiveMessage(own[message], PolicyLayer.Subset, own);
        return Base(message, portLevel, target.Port);
    }

    /// <summary>The message that a subset starts from: what the bare host gets on that port.</summary>
    public EffectiveMessage Base(ReadOnlySpan<byte> message, PolicyTarget target) => Base(message, IsPortLevel(message), target.Port);

    /// <summary>One message for those whom a map is written for: its subset or the bare host, on its port or on those that no entry names.</summary>
    public Node Of(ReadOnlySpan<byte> message, in PolicyMap map)
    {
        if (map.Decides(message))
            return map.Node[message];
        if (map.Layer == PolicyLayer.TopPort)
            return default;
        return Base(message, IsPortLevel(message), map.Port).Value;
    }

    /// <summary>What would count without the map that decides about the message; absent at the top, which replaces nothing.</summary>
    public Node Replaced(ReadOnlySpan<byte> message, in PolicyMap map) =>
        map.Layer switch
        {
            PolicyLayer.Top => default,
            PolicyLayer.TopPort => top[message],
            PolicyLayer.SubsetPort when map.Subset["trafficPolicy"u8][message] is { Exists: true } own => own,
            _ => Base(message, IsPortLevel(message), map.Port).Value,
        };

    /// <summary>
    /// The names of the subsets that have no such message of their own. Where there are subsets and this is empty, what the top has is for requests
    /// to the bare host only.
    /// </summary>
    public IReadOnlyList<string> SubsetsWithout(ReadOnlySpan<byte> message)
    {
        var without = new List<string>();
        foreach (var item in subsets)
        {
            if (!item["trafficPolicy"u8][message].Exists)
                without.Add(item["name"u8].Text ?? "");
        }
        return without;
    }

    public bool HasSubsets => subsets.Count > 0;

    /// <summary>Whether the top level has an entry for a port.</summary>
    public bool HasTopEntry(long port) => topEntries is not null && topEntries.ContainsKey(port);

    private EffectiveMessage Base(ReadOnlySpan<byte> message, bool portLevel, long? port)
    {
        if (port is { } number && topEntries is not null && topEntries.TryGetValue(number, out var entry))
            return new EffectiveMessage(portLevel ? entry[message] : default, PolicyLayer.TopPort, entry);
        return new EffectiveMessage(top[message], PolicyLayer.Top, top);
    }

    /// <summary>The first entry counts where a port has two (docs/facts/istio.md#port-policy).</summary>
    private Node EntryFor(Node policy, long? port)
    {
        if (port is null)
            return default;
        foreach (var item in read.Items(policy["portLevelSettings"u8]))
        {
            if (PortOf(item) == port)
                return item;
        }
        return default;
    }

    private long? PortOf(Node entry) => read.Integer(read.Map(read.Map(entry)["port"u8])["number"u8]);

    private PolicyMap[] FindMaps()
    {
        if (!isReadable)
            return [];
        var found = new List<PolicyMap>();
        if (!HasUnreadableTop)
            found.Add(new PolicyMap(top, PolicyLayer.Top, default, null, null));
        AddEntries(found, top, PolicyLayer.TopPort, default, null);
        foreach (var item in subsets)
        {
            var subset = read.Map(item);
            var own = read.Map(subset["trafficPolicy"u8]);
            if (!own.Exists)
                continue;
            var name = read.Text(subset["name"u8]) ?? "";
            found.Add(new PolicyMap(own, PolicyLayer.Subset, subset, name, null));
            AddEntries(found, own, PolicyLayer.SubsetPort, subset, name);
        }
        return [.. found];
    }

    private void AddEntries(List<PolicyMap> found, Node policy, PolicyLayer layer, Node subset, string? name)
    {
        HashSet<long>? seen = null;
        foreach (var item in read.Items(policy["portLevelSettings"u8]))
        {
            if (PortOf(item) is not { } port)
                continue;
            var isFirst = (seen ??= []).Add(port);
            found.Add(new PolicyMap(item, layer, subset, name, port, IsInert: !isFirst));
        }
    }
}
