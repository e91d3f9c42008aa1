using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>No pod belongs to two subsets. See docs/facts/argo-rollouts.md#pod-hash.</summary>
internal static class DistinctSubsets
{
    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-distinct-subsets",
        Summary = "The subsets of a DestinationRule should select different pods.",
        Why =
            "A route that sends 5 % to the canary and 95 % to the stable subset sends something else where both select the same pods: with "
            + "equal labels the new version gets users in proportion to its replicas, "
            + "whatever the weights say, and a canary at weight 0 is not empty. Argo Rollouts adds a label with the hash of the pods to the "
            + "subsets of the rules that it manages, so those are left alone (rollout/trafficrouting/istio/istio.go, UpdateHash).",
        Remedy = "Give each subset a label that only its pods have, such as version: v2.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.Rollout],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    /// <summary>
    /// A subset without labels is a name for settings, as at egress gateways, where it has a policy of its own or is the only one, or the host is not
    /// of the mesh.
    /// </summary>
    private static void Check(Inspection x)
    {
        if (x.Spec["subsets"u8].Count == 0 || IsArgos(x))
            return;
        var selections = new SubsetSelections(x.Spec, x.Read);
        var unlabelled = selections.All.Count > 1 && MeshHost.CoversMesh(x.Read.Text(x.Spec["host"u8]) ?? "", x.Settings.ClusterDomain);
        foreach (var subset in selections.All)
        {
            if (subset.Labels.Length == 0)
            {
                if (unlabelled && !subset.Node["trafficPolicy"u8].Exists)
                    Report(x, subset, "has no labels, so it selects every pod of the host, those of the other subsets too");
            }
            else if (selections.EqualBefore(subset) is { } same)
                Report(
                    x,
                    subset,
                    $"has the labels of subset {Name(same)}, {Written(subset)}: both get the same pods, whatever the weights of a route say"
                );
            else if (selections.Within(subset) is { } within)
                Report(x, subset, $"selects the pods of subset {Name(within)} too: {Written(subset)} is part of {Written(within)}");
        }
    }

    /// <summary>Whether Argo makes the subsets different: a Rollout names the rule, or has written it already.</summary>
    private static bool IsArgos(Inspection x) =>
        x.Subject.Root["metadata"u8]["annotations"u8]["argo-rollouts.argoproj.io/managed-by-rollouts"u8].Exists
        || x.World.ReferrersOf(new ObjectKey(x.Subject.Kind, x.Subject.Namespace, x.Subject.Name), ObjectKind.Rollout).Any();

    /// <summary>Advice: a Rollout that comes after its rule in the same batch is not known yet.</summary>
    private static void Report(Inspection x, SubsetSelection subset, string message) =>
        x.Report(
            new Finding(Place.Of(subset.Node, "labels"), $"subset {subset.Name}", $"subset {Name(subset)} {message}")
            {
                AtMost = GuardAction.Warn,
                RestsOnAbsence = true,
            }
        );

    private static string Name(SubsetSelection subset) => Shown.Clip(subset.Name, 63);

    private static string Written(SubsetSelection subset) => Shown.Clip(string.Join(", ", subset.Labels.Select(l => $"{l.Key}={l.Value}")), 120);
}
