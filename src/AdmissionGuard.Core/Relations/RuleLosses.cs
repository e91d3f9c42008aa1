using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>What one of several DestinationRules for a host in a namespace loses to another one for some clients.</summary>
/// <param name="Subset">The subset that is lost; null for the top-level policy.</param>
/// <param name="Lost">As its author wrote it.</param>
/// <param name="InPlace">What these clients get in its place; absent where they get nothing.</param>
/// <param name="Client">The namespace of these clients; null for namespaces without rules of their own.</param>
/// <param name="IsApart">The two are not merged: the whole rule is hidden.</param>
/// <param name="IsForAll">It counts for no client.</param>
internal sealed record RuleLoss(ObjectKey Loser, ObjectKey Winner, string? Subset, Node Lost, Node InPlace, string? Client, bool IsApart)
{
    public bool IsForAll { get; init; }

    /// <summary>Every loss, each piece of each pair once.</summary>
    /// <param name="counting">All rules for one host in one namespace that count for somebody.</param>
    public static IReadOnlyList<RuleLoss> Of(IReadOnlyList<RuleForClient> counting)
    {
        var losses = new Dictionary<(ObjectKey, ObjectKey, string?), RuleLoss>();
        foreach (var one in counting)
        {
            foreach (var loss in one.Rule.Parts.SelectMany(p => WithinMerged(one, p)).Concat(one.Hidden.SelectMany(h => Apart(one, h))))
                losses.TryAdd((loss.Loser, loss.Winner, loss.Subset), loss);
        }
        // who lists namespaces has named the clients: others are asked about only where nobody does
        var isListed = counting.Any(c => c.Rule.NamedClients.Any() || c.Hidden.Any(h => h.NamedClients.Any()));
        return [.. losses.Values.Select(l => l with { IsForAll = !counting.Any(c => !(isListed && c.Client is null) && Counts(c.Rule, l)) })];
    }

    private static bool Counts(MergedRule rule, RuleLoss loss) =>
        loss.Subset is { } name ? rule.Subsets.TryGetValue(name, out var subset) && subset.Owner == loss.Loser : rule.PolicyOwner == loss.Loser;

    private static IEnumerable<RuleLoss> WithinMerged(RuleForClient one, (ObjectKey Key, Node Root) part)
    {
        var spec = part.Root["spec"u8];
        if (
            spec["trafficPolicy"u8] is { Exists: true } policy
            && one.Rule.PolicyOwner is { } owner
            && owner != part.Key
            && !PolicyDefaults.IsPartOf(policy, one.Rule.Policy)
        )
            yield return new RuleLoss(part.Key, owner, null, policy, one.Rule.Policy, one.Client, IsApart: false);
        foreach (var (name, subset) in SubsetsOf(spec))
        {
            var counts = one.Rule.Subsets[name];
            if (counts.Owner != part.Key && !counts.Node.SameAs(subset))
                yield return new RuleLoss(part.Key, counts.Owner, name, subset, counts.Node, one.Client, IsApart: false);
        }
    }

    private static IEnumerable<RuleLoss> Apart(RuleForClient one, MergedRule hidden)
    {
        var winner = one.Rule.Parts[0].Key;
        foreach (var (key, root) in hidden.Parts)
        {
            if (one.Rule.Has(key))
                continue;
            var spec = root["spec"u8];
            if (hidden.PolicyOwner == key && !PolicyDefaults.IsPartOf(hidden.Policy, one.Rule.Policy))
                yield return new RuleLoss(key, winner, null, hidden.Policy, one.Rule.Policy, one.Client, IsApart: true);
            foreach (var (name, subset) in SubsetsOf(spec))
            {
                var inPlace = one.Rule.Subsets.TryGetValue(name, out var other) ? other.Node : default;
                if (!inPlace.SameAs(subset))
                    yield return new RuleLoss(key, winner, name, subset, inPlace, one.Client, IsApart: true);
            }
        }
    }

    private static IEnumerable<(string Name, Node Node)> SubsetsOf(Node spec)
    {
        foreach (var item in spec["subsets"u8].Items)
        {
            if (item["name"u8].Text is { Length: > 0 } name)
                yield return (name, item);
        }
    }
}
