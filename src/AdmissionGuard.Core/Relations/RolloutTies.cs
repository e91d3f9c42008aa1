using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>What ties a Rollout to its VirtualServices and its DestinationRule, seen from either side.</summary>
internal static class RolloutTies
{
    /// <summary>More users of one object say nothing new.</summary>
    public const int MostRollouts = 20;

    /// <summary>A Rollout writes one or two VirtualServices; each more costs a walk through all routes.</summary>
    public const int MostTargets = 50;

    public const string Invalid = "Argo calls the Rollout invalid, and neither ships nor aborts";

    public const string Untied = "Argo sets the weights of subsets whose pods it does not choose";

    /// <summary>
    /// The fix where sides change with every release, as with ping-pong: no weight in Git is right for long
    /// (docs/facts/argo-rollouts.md#weights-in-git).
    /// </summary>
    public const string LeaveTheWeights =
        "# Git cannot hold these weights: in the Argo CD Application, with RespectIgnoreDifferences=true\n"
        + "ignoreDifferences:\n  - group: networking.istio.io\n    kind: VirtualService\n"
        + "    jqPathExpressions: [\".spec.http[].route[].weight\"]";

    /// <summary>Of the Rollout's DestinationRule, qualified; null where it names none or none is known.</summary>
    public static string? HostOf(Inspection x, IstioRouting routing) =>
        routing.DestinationRule is { } key && x.World.Find(key)["spec"u8]["host"u8].Text is { Length: > 0 } host
            ? MeshHost.Qualify(host, key.Namespace, x.Settings.ClusterDomain)
            : null;

    public static IEnumerable<string> MissingSubsets(Node spec, RolloutSides sides)
    {
        if (!sides.BySubset)
            yield break;
        var names = spec["subsets"u8].Items.Select(s => s["name"u8].Text).ToHashSet(StringComparer.Ordinal);
        if (sides.Stable is { } stable && !names.Contains(stable))
            yield return stable;
        if (sides.Canary is { } canary && !names.Contains(canary))
            yield return canary;
    }

    public static string Quote(string text) => Shown.Quote(Shown.Clip(text, 100));
}
