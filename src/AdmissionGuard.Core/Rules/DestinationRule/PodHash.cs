using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>The label by which Argo tells a subset's pods is Argo's. See docs/facts/argo-rollouts.md#pod-hash.</summary>
internal static class PodHash
{
    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-pod-hash",
        Summary = "Subsets must not choose pods by the label rollouts-pod-template-hash.",
        Why =
            "Argo Rollouts writes this label itself and changes it with each release. From Git it comes back with every sync as it was when "
            + "somebody copied it: the subset then chooses the pods of an old release, "
            + "and none once they are gone, so that its users get 503 until Argo writes again (argo-rollouts "
            + "rollout/trafficrouting/istio/istio.go, UpdateHash).",
        Remedy = "Leave the label out; name the subset in the Rollout's trafficRouting.istio.destinationRule, and Argo adds it.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.Rollout],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private const string Label = "rollouts-pod-template-hash";

    private const int MostRollouts = 20;

    private static void Check(Inspection x)
    {
        HashSet<(string, string)>? kept = null;
        HashSet<string>? live = null;
        foreach (var (name, hash) in HashesIn(x.Spec))
        {
            if (hash.Text is not { } value)
                continue;
            // what Argo wrote and an edit elsewhere leaves alone is nobody's fault
            if (x.Old is { } old && (kept ??= [.. HashesIn(old.Spec).Select(h => (h.Subset, h.Hash.Text ?? ""))]).Contains((name, value)))
                continue;
            if ((live ??= LiveHashes(x)).Contains(value))
                continue;
            x.Report(
                new Finding(
                    hash,
                    $"{name} {value}",
                    $"subset {Shown.Quote(Shown.Clip(name, 63))} chooses pods by {Label}: {Shown.Quote(Shown.Clip(value, 63))}, a label that "
                        + $"Argo writes anew for each release: those pods go with the next one"
                )
            );
        }
    }

    /// <summary>
    /// What Argo has written itself: the hashes that a Rollout which names this DestinationRule has in its status. An audit sees them in every
    /// rollout.
    /// </summary>
    private static HashSet<string> LiveHashes(Inspection x)
    {
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, rollout) in x.World.ReferrersOf(x.Key, ObjectKind.Rollout).Take(MostRollouts))
        {
            foreach (var hash in (Node[])[rollout["status"u8]["stableRS"u8], rollout["status"u8]["currentPodHash"u8]])
            {
                if (hash.Text is { Length: > 0 } text)
                    hashes.Add(text);
            }
        }
        return hashes;
    }

    private static IEnumerable<(string Subset, Node Hash)> HashesIn(Node spec)
    {
        foreach (var item in spec["subsets"u8].Items)
        {
            var subset = item;
            var hash = subset["labels"u8][Label];
            if (hash.Exists)
                yield return (subset["name"u8].Text ?? "", hash);
        }
    }
}
