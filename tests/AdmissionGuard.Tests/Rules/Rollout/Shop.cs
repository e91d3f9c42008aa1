using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Tests.Rules.VirtualService;

namespace AdmissionGuard.Tests.Rules.Rollout;

/// <summary>A live cluster with Rollout api, its VirtualService and its DestinationRule, each in one line.</summary>
internal static class Shop
{
    public const string Subsets = "'destinationRule': {'name': 'api', 'stableSubsetName': 'stable', 'canarySubsetName': 'canary'}";

    public static string Rollout(string routes = "'primary'", string sides = Subsets, string steps = "10 pause:10m 50 pause:10m", string more = "") =>
        Manifest.Canary(
            steps,
            $"'trafficRouting': {{'istio': {{'virtualService': {{'name': 'api', 'routes': "
                + $"[{routes}]}}{(sides.Length == 0 ? "" : ", " + sides)}}}{more}}}"
        );

    public static string VirtualService(string destinations = "stable 100, canary 0", string name = "primary", string before = "") =>
        Manifest.VirtualService($"[{before}{(before.Length == 0 ? "" : ", ")}{Vs.Route(destinations, name.Length == 0 ? "" : $"'name': '{name}'")}]");

    public static string DestinationRule(params string[] subsets) =>
        "{'apiVersion': 'networking.istio.io/v1', 'kind': 'DestinationRule', 'metadata': {'name': 'api', 'namespace': 'shop'}, 'spec': "
        + "{'host': 'api', "
        + $"'subsets': [{string.Join(", ", subsets.Select(s => $"{{'name': '{s}', 'labels': {{'app': 'api'}}}}"))}]}}}}";

    public static Cluster With(params string[] objects) =>
        objects.Select(Judge.Json).Aggregate(Cluster.Live, (cluster, root) => cluster.With(KeyOf(root), root));

    /// <summary>What one rule has against a deletion.</summary>
    public static IReadOnlyList<Judgement> Deleting(string id, string json, Cluster cluster, GuardAction? action = null)
    {
        var review = Judge.Review(json) with { Operation = Operation.Delete, Object = default, OldObject = Judge.Json(json) };
        var verdict = Evaluator.Evaluate(review, cluster.With([Judge.Policy(id, action)]));
        Assert.Empty(verdict.Failures);
        return verdict.Judgements;
    }

    private static ObjectKey KeyOf(Node root) =>
        new(
            ObjectKind.Of(root["apiVersion"u8].Text, root["kind"u8].Text)!,
            root["metadata"u8]["namespace"u8].Text ?? "",
            root["metadata"u8]["name"u8].Text!
        );
}
