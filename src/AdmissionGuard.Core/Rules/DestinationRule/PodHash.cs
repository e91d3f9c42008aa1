using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>DR-021 of the catalogue: the label by which Argo tells a subset's pods is Argo's.</summary>
internal static class PodHash
{
    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-pod-hash",
        Summary = "Subsets must not choose pods by the label rollouts-pod-template-hash.",
        Why = "Argo Rollouts writes this label itself and changes it with each release. From Git it comes back with every sync as it was when somebody copied it: the subset then chooses the pods of an old release, "
            + "and none once they are gone, so that its users get 503 until Argo writes again (argo-rollouts rollout/trafficrouting/istio/istio.go, UpdateHash).",
        Remedy = "Leave the label out; name the subset in the Rollout's trafficRouting.istio.destinationRule, and Argo adds it.",
        Kinds = [ObjectKind.DestinationRule],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private const string Label = "rollouts-pod-template-hash";

    private static void Check(Inspection x)
    {
        HashSet<(string, string)>? kept = null;
        foreach (var (name, hash) in HashesIn(x.Spec))
        {
            if (hash.Text is not { } value) continue;
            // what Argo wrote and an edit elsewhere leaves alone is nobody's fault
            if (x.Old is { } old && (kept ??= [.. HashesIn(old.Spec).Select(h => (h.Subset, h.Hash.Text ?? ""))]).Contains((name, value))) continue;
            x.Report(new Finding(hash, $"{name} {value}", $"subset {Shown.Quote(Shown.Clip(name, 63))} chooses pods by {Label}: {Shown.Quote(Shown.Clip(value, 63))}, a label that Argo writes anew for each release: those pods go with the next one"));
        }
    }

    private static IEnumerable<(string Subset, Node Hash)> HashesIn(Node spec)
    {
        foreach (var item in spec["subsets"u8].Items)
        {
            var subset = new Node(item);
            var hash = subset["labels"u8][Label];
            if (hash.Exists) yield return (subset["name"u8].Text ?? "", hash);
        }
    }
}
