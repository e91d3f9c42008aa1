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
}
