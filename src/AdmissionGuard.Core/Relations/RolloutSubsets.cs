using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>What a DestinationRule is told of the Rollouts that split their users by its subsets.</summary>
internal static class RolloutSubsets
{
    public static void Check(Inspection x)
    {
        var tables = new Dictionary<ObjectKey, RouteTable>();
        foreach (var (key, rollout) in x.World.ReferrersOf(x.Key, ObjectKind.Rollout).Take(RolloutTies.MostRollouts))
        {
            var (title, sides) = (key.TitleIn(x.Key.Namespace), new RolloutSides(rollout, key.Namespace));
            if (x.IsDeletion)
            {
                if (Users.AreGone(x, MeshHost.Qualify(x.Spec["host"u8].Text ?? "", x.Key.Namespace, x.Settings.ClusterDomain)))
                    continue;
                x.Report(
                    new Finding(x.Spec, title, $"{title} splits its users by these subsets: without them requests get 503, and no rollout goes on")
                );
                continue;
            }
            foreach (var subset in RolloutTies.MissingSubsets(x.Spec, sides))
            {
                x.Report(
                    new Finding(
                        Place.Of(x.Spec, "subsets"),
                        $"{title} subset {subset}",
                        $"it has no subset {RolloutTies.Quote(subset)}, and {title} splits its users by it: requests for it get 503"
                    )
                    {
                        RestsOnAbsence = true,
                        Remedy = $"- name: {RolloutTies.Quote(subset)}\n  labels: {{}}   # those of the Rollout's pods; Argo adds the version's",
                    }
                );
            }
            foreach (var (label, subset) in StrangeLabels(x, rollout, sides))
            {
                x.Report(
                    new Finding(
                        label,
                        $"{title} subset {subset} label {label}",
                        $"subset {RolloutTies.Quote(subset)} chooses pods by a label value, {Shown.Value(label)}, that no pod of "
                            + $"{title} has: requests "
                            + "for it get 503"
                    )
                    {
                        RestsOnAbsence = true,
                        Found = Shown.Value(label),
                        Limit = "labels of the Rollout's pods",
                    }
                );
            }
            var routing = new IstioRouting(rollout, key.Namespace);
            var (host, managed) = (RolloutTies.HostOf(x, routing) ?? "", routing.ManagedRoutes);
            foreach (var (target, names, at) in routing.Targets.Take(RolloutTies.MostTargets))
            {
                if (!tables.TryGetValue(target, out var table))
                    tables[target] = table = RouteTable.Of(x.World.Find(target));
                if (
                    RoutingFault.OtherHost(table.WrittenBy(at, names, managed), sides, host, target.Namespace, x.Settings.ClusterDomain)
                    is not { } other
                )
                    continue;
                x.Report(
                    new Finding(
                        Place.Of(x.Spec, "host"),
                        $"{title} host {target.Namespace}/{target.Name}",
                        $"it is for host {Shown.Clip(host, 100)}, {target.TitleIn(x.Key.Namespace)} sends {title}'s "
                            + $"subsets to {RolloutTies.Quote(other)}: {RolloutTies.Untied}"
                    )
                    {
                        RestsOnAbsence = true,
                        Remedy = $"host: {Shown.Clip(MeshHost.Qualify(other, target.Namespace, x.Settings.ClusterDomain), 200)}",
                    }
                );
            }
        }
    }

    /// <summary>
    /// What a change brings in the two sides; Argo's own label is another rule's matter, and of a Deployment's pods nobody knows here.
    /// </summary>
    private static IEnumerable<(Node Label, string Subset)> StrangeLabels(Inspection x, Node rollout, RolloutSides sides)
    {
        var template = rollout["spec"u8]["template"u8]["metadata"u8]["labels"u8];
        if (!template.IsObject || x.Old is not { } old)
            yield break;
        var before = old.Spec["subsets"u8].Items.ToLookup(s => s["name"u8].Text ?? "", s => s["labels"u8], StringComparer.Ordinal);
        var canary = rollout["spec"u8]["strategy"u8]["canary"u8];
        foreach (var item in x.Spec["subsets"u8].Items)
        {
            var subset = item;
            if (!sides.BySubset || subset["name"u8].Text is not { } name || (name != sides.Stable && name != sides.Canary))
                continue;
            foreach (var entry in subset["labels"u8].Entries)
            {
                var label = entry.Value;
                if (
                    entry.Name != StoredVersions.HashLabel
                    && !template[entry.Name].SameAs(label)
                    && !before[name].Any(l => l[entry.Name].SameAs(label))
                    && !canary["canaryMetadata"u8]["labels"u8][entry.Name].Exists
                    && !canary["stableMetadata"u8]["labels"u8][entry.Name].Exists
                )
                    yield return (label, name);
            }
        }
    }
}
