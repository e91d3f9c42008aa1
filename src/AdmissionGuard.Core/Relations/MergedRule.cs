using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// DestinationRules of one namespace for one host, as Istio merges them (pilot/pkg/model/destination_rule.go;
/// docs/facts/istio.md#destination-rule-merge): the oldest that has a top-level policy keeps it, subsets of new names are appended. Only those are
/// merged that are for the same clients: equal exportTo, equal workloadSelector.
/// </summary>
internal sealed class MergedRule
{
    private readonly List<(ObjectKey Key, Node Root)> parts;
    private Dictionary<string, Node>? subsets;

    private MergedRule(List<(ObjectKey, Node)> parts, Audience audience, bool isForSomePods)
    {
        this.parts = parts;
        Audience = audience;
        IsForSomePods = isForSomePods;
    }

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<(ObjectKey Key, Node Root)> Parts => parts;

    public Audience Audience { get; }

    /// <summary>A workloadSelector limits it to some clients of its own namespace.</summary>
    public bool IsForSomePods { get; }

    /// <summary>By name, each as it counts.</summary>
    public IReadOnlyDictionary<string, Node> Subsets => subsets ??= SubsetsByName();

    /// <summary>The top-level policy that counts; absent where no part has one.</summary>
    public Node Policy
    {
        get
        {
            foreach (var (_, root) in parts)
            {
                if (root["spec"u8]["trafficPolicy"u8] is { Exists: true } policy)
                    return policy;
            }
            return default;
        }
    }

    /// <summary>Whether it is for this very host and not for a wildcard over it.</summary>
    public bool IsFor(string host, string clusterDomain) =>
        MeshHost.Qualify(parts[0].Root["spec"u8]["host"u8].Text ?? "", parts[0].Key.Namespace, clusterDomain) == host;

    /// <summary>Whether requests to the host, a subset or a port of it get this message.</summary>
    public bool Has(ReadOnlySpan<byte> message)
    {
        if (Stands(message, Policy))
            return true;
        foreach (var (_, root) in parts)
        {
            foreach (var item in root["spec"u8]["subsets"u8].Items)
            {
                if (Stands(message, item["trafficPolicy"u8]))
                    return true;
            }
        }
        return false;
    }

    /// <summary>The groups that Istio makes of them, in the order of their oldest.</summary>
    public static IReadOnlyList<MergedRule> Of(IEnumerable<(ObjectKey Key, Node Root)> rules)
    {
        var merged = new List<MergedRule>();
        foreach (var (key, root) in rules.OrderBy(r => r, CreationOrder.OldestFirst))
        {
            var spec = root["spec"u8];
            var audience = new Audience(spec["exportTo"u8], key.Namespace);
            var group = merged.Find(m => m.Audience.IsSameAs(audience) && SelectorOf(m.parts[0].Root["spec"u8]).SameAs(SelectorOf(spec)));
            if (group is null)
                merged.Add(new MergedRule([(key, root)], audience, SelectorOf(spec).Entries.MoveNext()));
            else
                group.parts.Add((key, root));
        }
        return merged;
    }

    private static Node SelectorOf(Node spec) => spec["workloadSelector"u8]["matchLabels"u8];

    private static bool Stands(ReadOnlySpan<byte> message, Node policy)
    {
        if (policy[message].Exists)
            return true;
        foreach (var item in policy["portLevelSettings"u8].Items)
        {
            if (item[message].Exists)
                return true;
        }
        return false;
    }

    private Dictionary<string, Node> SubsetsByName()
    {
        var found = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var (_, root) in parts)
        {
            foreach (var item in root["spec"u8]["subsets"u8].Items)
            {
                if (item["name"u8].Text is { Length: > 0 } name)
                    found.TryAdd(name, item);
            }
        }
        return found;
    }
}
