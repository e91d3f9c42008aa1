using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>The label by which Argo tells a subset's pods is Argo's. See docs/facts/argo-rollouts.md#pod-hash.</summary>
internal static class PodHash
{
    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-pod-hash",
        Summary = "The label rollouts-pod-template-hash of a subset is Argo's: nobody else sets it, and a sync should not drop it in mid-release.",
        Why =
            "Argo Rollouts writes this label itself and changes it with each release. From Git it comes back with every sync as it was when "
            + "somebody copied it: the subset then chooses the pods of an old release, "
            + "and none once they are gone, so that its users get 503 until Argo writes again (argo-rollouts "
            + "rollout/trafficrouting/istio/istio.go, UpdateHash).",
        Remedy = "Leave the label out; name the subset in the Rollout's trafficRouting.istio.destinationRule, and Argo adds it.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.Rollout],
        Fixable = true,
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private const int MostRollouts = 20;

    private static void Check(Inspection x)
    {
        var owners = x.World.ReferrersOf(x.Key, ObjectKind.Rollout).Take(MostRollouts).Select(r => new SubsetOwner(r.Key, r.Root)).ToList();
        var kept = x.Old is { } old ? HashesIn(old.Spec).Select(h => (h.Subset, h.Hash.Text ?? "")).ToHashSet() : null;
        foreach (var (name, hash) in HashesIn(x.Spec))
        {
            // what Argo wrote and an edit elsewhere leaves alone is nobody's fault
            if (hash.Text is not { } value || kept?.Contains((name, value)) == true)
                continue;
            if (owners.Exists(o => o.Writes(name, value)))
                continue;
            var other = owners.Find(o => o.Knows(value));
            x.Report(
                new Finding(
                    hash,
                    $"{name} {value}",
                    $"subset {Quote(name)} chooses pods by {StoredVersions.HashLabel}: {Quote(value)}, "
                        + (
                            other is null
                                ? "a label that Argo writes anew for each release: those pods go with the next one"
                                : $"which is the other side of {other.Title(x.Key.Namespace)}: users who are sent to one version get the other"
                        )
                )
            );
        }
        if (kept is not null)
            Dropped(x, owners);
    }

    /// <summary>
    /// As when Git's DestinationRule is applied again in mid-release. Argo puts the label back, and until then nobody is told apart.
    /// </summary>
    private static void Dropped(Inspection x, List<SubsetOwner> owners)
    {
        foreach (var item in x.Spec["subsets"u8].Items)
        {
            var subset = item;
            var name = subset["name"u8].Text ?? "";
            if (subset["labels"u8][StoredVersions.HashLabel].Exists || owners.Find(o => o.IsOnItsWay && o.HasSide(name)) is not { } owner)
                continue;
            var had = HashesIn(x.Old!.Spec).FirstOrDefault(h => h.Subset == name).Hash;
            if (!had.Exists)
                continue;
            x.Report(
                new Finding(
                    Place.Below(subset, $"labels/{StoredVersions.HashLabel}"),
                    $"{name} dropped",
                    $"subset {Quote(name)} loses Argo's label while {owner.Title(x.Key.Namespace)} is in progress: until Argo "
                        + "writes it again, for up "
                        + "to a second, its users get both versions"
                )
                {
                    AtMost = GuardAction.Warn,
                    Edit = new Edit(subset, [new Edit.Leaf($"labels/{StoredVersions.HashLabel}", had.ToString())]),
                }
            );
        }
    }

    private static string Quote(string text) => Shown.Quote(Shown.Clip(text, 63));

    private static IEnumerable<(string Subset, Node Hash)> HashesIn(Node spec)
    {
        foreach (var item in spec["subsets"u8].Items)
        {
            var subset = item;
            var hash = subset["labels"u8][StoredVersions.HashLabel];
            if (hash.Exists)
                yield return (subset["name"u8].Text ?? "", hash);
        }
    }
}
