using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>
/// Where a namespace has several DestinationRules for a host, none may lose a policy or a subset by it. See
/// docs/facts/istio.md#destination-rule-merge.
/// </summary>
internal static class OnePerHost
{
    /// <summary>Others for the same host and clients that are compared; more are nobody's intention.</summary>
    private const int MostOthers = 20;

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-one-per-host",
        Summary = "DestinationRules of one namespace for one host must not take a traffic policy or a subset from each other.",
        Why =
            "Istio merges them: the traffic policy of the oldest is kept and the others' are dropped without a word, and so is a subset whose "
            + "name an older one has "
            + "(pilot/pkg/model/destination_rule.go, mergeDestinationRule). Outlier detection and limits that are written there do nothing. "
            + "Subsets of other names are added, which is fine.",
        Remedy = "Write the traffic policy into the oldest DestinationRule, and give every subset a name of its own.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Read.Text(x.Spec["host"u8]) is not { Length: > 0 } written)
            return;
        var host = MeshHost.Qualify(written, x.Subject.Namespace, x.Settings.ClusterDomain);
        var together = MergedRule.Of(x.World.Claiming(host, ObjectKind.DestinationRule, x.Subject.Namespace).Take(MostOthers));
        if (together.FirstOrDefault(m => m.Parts.Any(p => p.Key == x.Key)) is not { Parts.Count: > 1 } merged)
            return;
        var mine = 0;
        while (merged.Parts[mine].Key != x.Key)
            mine++;
        for (var i = 0; i < merged.Parts.Count; i++)
        {
            if (i != mine)
                Compare(x, merged.Parts[i].Key, merged.Parts[i].Root, isOlder: i < mine);
        }
    }

    private static void Compare(Inspection x, ObjectKey key, Node root, bool isOlder)
    {
        var other = root["spec"u8];
        var name = key.TitleIn(x.Subject.Namespace);
        var own = x.Spec["trafficPolicy"u8];
        var theirs = other["trafficPolicy"u8];
        var inForce = isOlder ? own : theirs;
        var dropped = isOlder ? theirs : own;
        if (own.Exists && theirs.Exists && !own.SameAs(theirs) && !PolicyDefaults.MayBeInjected(inForce))
        {
            x.Report(
                new Finding(own, $"policy {key.Name}", $"{name} is for the same host and has a trafficPolicy too: {Dropped("trafficPolicy")}")
                {
                    Limit = "one trafficPolicy for a host in a namespace",
                    AtMost = LeavesUnprotected(inForce, dropped) ? GuardAction.Deny : GuardAction.Warn,
                }
            );
        }
        if (other["subsets"u8].Count == 0)
            return;
        var known = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var item in other["subsets"u8].Items)
            known.TryAdd(item["name"u8].Text ?? "", item);
        foreach (var item in x.Spec["subsets"u8].Items)
        {
            var subset = item;
            if (subset["name"u8].Text is not { Length: > 0 } text || !known.TryGetValue(text, out var twin) || twin.SameAs(subset))
                continue;
            x.Report(
                new Finding(
                    subset["name"u8],
                    $"subset {text} {key.Name}",
                    $"{name} is for the same host and has another subset {Shown.Clip(text, 63)}: {Dropped("subset")}"
                )
                {
                    Found = Shown.Value(subset["name"u8]),
                    Limit = "a name that no other subset of the host has",
                }
            );
        }

        string Dropped(string what)
        {
            if (!CreationOrder.IsKnown(x.Subject.Root, root))
                return $"the {what} of the younger one is dropped";
            if (isOlder)
                return $"it is older, so this {what} is dropped";
            return $"it is younger, so its {what} is dropped for this one";
        }
    }

    /// <summary>
    /// Not where the policy that counts has outlier detection and limits of its own, and no more is lost: defaults may have been injected into one
    /// that only adds subsets.
    /// </summary>
    private static bool LeavesUnprotected(Node lost, Node counts)
    {
        foreach (var entry in lost.Entries)
        {
            if (new Node(entry.Value).SameAs(counts[entry.Name]))
                continue;
            if (!(entry.NameEquals("outlierDetection"u8) || entry.NameEquals("connectionPool"u8)) || !counts[entry.Name].Exists)
                return true;
        }
        return false;
    }
}
