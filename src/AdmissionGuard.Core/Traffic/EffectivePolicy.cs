using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Traffic;

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
/// everything above it, also by saying nothing (facts 1.4, read in Istio's MergeSubsetTrafficPolicy and GetPortLevelTrafficPolicy).
/// </summary>
public sealed class EffectivePolicy
{
    private readonly Node spec;
    private readonly Node top;
    private readonly Reader read;
    private IReadOnlyList<PolicyTarget>? targets;

    public EffectivePolicy(Node spec, Reader read)
    {
        this.spec = spec;
        this.read = read;
        top = read.Map(spec["trafficPolicy"u8]);
    }

    /// <summary>Every combination that can differ: the bare host first, then each subset; named ports first, then all others.</summary>
    public IReadOnlyList<PolicyTarget> Targets => targets ??= FindTargets();

    /// <summary>The messages that a port's entry can hold; the others (tunnel, proxyProtocol, retryBudget) it loses.</summary>
    public static bool IsPortLevel(ReadOnlySpan<byte> message) =>
        message.SequenceEqual("connectionPool"u8) || message.SequenceEqual("outlierDetection"u8) || message.SequenceEqual("loadBalancer"u8) || message.SequenceEqual("tls"u8);

    /// <summary>One message, such as <c>outlierDetection</c>, for one target.</summary>
    public EffectiveMessage Of(ReadOnlySpan<byte> message, PolicyTarget target)
    {
        var portLevel = IsPortLevel(message);
        var own = target.Subset["trafficPolicy"u8];
        if (own.IsObject)
        {
            var entry = EntryFor(own, target.Port);
            if (entry.Exists && portLevel) return new EffectiveMessage(entry[message], PolicyLayer.SubsetPort, entry);
            if (!entry.Exists && own[message].Exists) return new EffectiveMessage(own[message], PolicyLayer.Subset, own);
        }
        return Base(message, portLevel, target.Port);
    }

    /// <summary>The message that a subset starts from: what the bare host gets on that port.</summary>
    public EffectiveMessage Base(ReadOnlySpan<byte> message, PolicyTarget target) => Base(message, IsPortLevel(message), target.Port);

    private EffectiveMessage Base(ReadOnlySpan<byte> message, bool portLevel, long? port)
    {
        var entry = EntryFor(top, port);
        return entry.Exists
            ? new EffectiveMessage(portLevel ? entry[message] : default, PolicyLayer.TopPort, entry)
            : new EffectiveMessage(top[message], PolicyLayer.Top, top);
    }

    /// <summary>Where the message is, or where it would have to be written, for findings.</summary>
    public Place PlaceOf(EffectiveMessage found, string message) =>
        found.Value.Exists ? found.Value
        : found.Holder.Exists ? new Place(found.Holder, message)
        : new Place(spec, "trafficPolicy/" + message);

    /// <summary>The same in words that do not change when the object is edited elsewhere: <c>host</c>, <c>port 8080</c>, <c>subset canary port 8080</c>.</summary>
    public static string KeyOf(EffectiveMessage found, PolicyTarget target) => found.Layer switch
    {
        PolicyLayer.Top => "host",
        PolicyLayer.TopPort => $"port {target.Port}",
        PolicyLayer.Subset => $"subset {target.SubsetName}",
        _ => $"subset {target.SubsetName} port {target.Port}",
    };

    /// <summary>The first entry counts where a port has two (facts 1.4).</summary>
    private Node EntryFor(Node policy, long? port)
    {
        if (port is null) return default;
        foreach (var item in read.Items(policy["portLevelSettings"u8]))
        {
            var entry = read.Map(new Node(item));
            if (read.Integer(entry["port"u8]["number"u8]) == port) return entry;
        }
        return default;
    }

    private List<PolicyTarget> FindTargets()
    {
        var found = new List<PolicyTarget>();
        var ports = new List<long>();
        AddPorts(top, ports);
        Add(default, null, ports);
        foreach (var item in read.Items(spec["subsets"u8]))
        {
            var subset = read.Map(new Node(item));
            if (!subset.Exists) continue;
            var own = new List<long>(ports);
            AddPorts(read.Map(subset["trafficPolicy"u8]), own);
            Add(subset, read.Text(subset["name"u8]) ?? "", own);
        }
        return found;

        void Add(Node subset, string? name, List<long> numbers)
        {
            foreach (var port in numbers) found.Add(new PolicyTarget(subset, name, port));
            found.Add(new PolicyTarget(subset, name, null));
        }
    }

    private void AddPorts(Node policy, List<long> ports)
    {
        foreach (var item in read.Items(policy["portLevelSettings"u8]))
        {
            if (read.Integer(read.Map(new Node(item))["port"u8]["number"u8]) is { } number && !ports.Contains(number)) ports.Add(number);
        }
    }
}
