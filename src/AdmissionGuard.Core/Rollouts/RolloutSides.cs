using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>What a destination is to a Rollout that writes its route.</summary>
internal enum Side
{
    /// <summary>Nothing: where it has a weight, Argo deletes it.</summary>
    Other,

    Stable,

    Canary,

    /// <summary>Left as it is: a subset of <c>additionalSubsetNames</c>.</summary>
    Additional,

    /// <summary>Added by Argo for an experiment step, and taken away by it.</summary>
    Experiment,
}

/// <summary>
/// How a Rollout finds its versions among a route's destinations, as Argo does: by subset or by Service, and of a host only the first DNS label
/// counts (docs/facts/argo-rollouts.md#foreign-destinations, docs/facts/argo-rollouts.md#sides).
/// </summary>
internal sealed class RolloutSides
{
    /// <summary>Each destination is compared with each; nobody has more.</summary>
    private const int MostExperiments = 100;

    private readonly string name;
    private readonly string? stableSubset;
    private readonly string? canarySubset;
    private readonly HashSet<string> additional;
    private readonly List<(string? Service, string Suffix)> experiments = [];

    public RolloutSides(Node rollout, string @namespace)
    {
        var routing = new IstioRouting(rollout, @namespace);
        var canary = rollout["spec"u8]["strategy"u8]["canary"u8];
        name = rollout["metadata"u8]["name"u8].Text ?? "";
        StableService = routing.StableService;
        CanaryService = routing.CanaryService;
        if (string.IsNullOrEmpty(StableService) && string.IsNullOrEmpty(CanaryService))
        {
            var stableIsPing = rollout["status"u8]["canary"u8]["stablePingPong"u8].IsText("ping"u8);
            var ping = canary["pingPong"u8]["pingService"u8].Text;
            var pong = canary["pingPong"u8]["pongService"u8].Text;
            StableService = stableIsPing ? ping : pong;
            CanaryService = stableIsPing ? pong : ping;
            ArePingPong = canary["pingPong"u8].Exists;
        }
        BySubset = routing.DestinationRule is not null;
        additional = new HashSet<string>(BySubset ? routing.AdditionalSubsets : [], StringComparer.Ordinal);
        if (BySubset)
        {
            stableSubset = routing.StableSubset;
            canarySubset = routing.CanarySubset;
        }
        foreach (var item in canary["steps"u8].Items)
        {
            foreach (var template in item["experiment"u8]["templates"u8].Items)
            {
                if (template["name"u8].Text is { Length: > 0 } text && experiments.Count < MostExperiments)
                    experiments.Add((template["service"u8]["name"u8].Text, "-" + text));
            }
        }
    }

    /// <summary>Whether a route must name the two by subset; by Service otherwise.</summary>
    public bool BySubset { get; }

    /// <summary>Whether the two Services change places with every release.</summary>
    public bool ArePingPong { get; }

    public string? StableService { get; }

    public string? CanaryService { get; }

    /// <summary>The subset or Service of the stable version that each route must have; null where the Rollout names none.</summary>
    public string? Stable => Named(BySubset ? stableSubset : StableService);

    /// <summary>As <see cref="Stable"/>, of the version on trial.</summary>
    public string? Canary => Named(BySubset ? canarySubset : CanaryService);

    /// <param name="item">Of a route's list of destinations.</param>
    public Side Of(Node item)
    {
        var (host, subset) = Read(item);
        return Of(host, subset);
    }

    /// <summary>As <see cref="Of(Node)"/>, of a destination that is read already.</summary>
    public Side Of(Destination destination) => Of(MeshHost.Split(destination.Host).First, destination.Subset ?? "");

    private Side Of(string host, string subset)
    {
        if ((host.Length > 0 && host == CanaryService) || (subset.Length > 0 && subset == canarySubset))
            return Side.Canary;
        if ((host.Length > 0 && host == StableService) || (subset.Length > 0 && subset == stableSubset))
            return Side.Stable;
        if (IsExperiment(host))
            return Side.Experiment;
        return additional.Contains(subset) ? Side.Additional : Side.Other;
    }

    /// <summary>Whether a name is that of an experiment's Service, which Argo makes up of the Rollout's name and the template's.</summary>
    public bool IsExperiment(string service)
    {
        foreach (var (own, suffix) in experiments)
        {
            if (service == own || (service.StartsWith(name + "-", StringComparison.Ordinal) && service.EndsWith(suffix, StringComparison.Ordinal)))
                return true;
        }
        return false;
    }

    /// <summary>What a route must have and has not; empty where it has both, or where nobody can tell.</summary>
    public IEnumerable<string> LackingIn(VirtualServiceRoute route)
    {
        var destinations = route.Node["route"u8];
        if (Stable is not { } stable || Canary is not { } canary || !route.Node.IsObject || (destinations.Exists && !destinations.IsArray))
            yield break;
        var (hasStable, hasCanary) = (false, false);
        foreach (var item in destinations.Items)
        {
            var (host, subset) = Read(item);
            var found = BySubset ? subset : host;
            hasStable |= found == stable;
            hasCanary |= found == canary;
        }
        if (!hasStable)
            yield return stable;
        if (!hasCanary)
            yield return canary;
    }

    /// <summary>
    /// Destinations with a weight that Argo would delete; none where the two sides are not known, or are not in the route: then it writes nothing.
    /// </summary>
    public IEnumerable<Node> StrangersIn(VirtualServiceRoute route) =>
        Stable is null || Canary is null || !route.Shares.IsKnown || LackingIn(route).Any()
            ? []
            : route.Shares.Destinations.Where(s => s.Weight > 0 && Of(s.Destination) == Side.Other).Select(s => s.Destination);

    /// <summary>Subsets of a DestinationRule that Argo would delete: those that are neither side of any of the Rollouts that write it.</summary>
    public static IEnumerable<(Node Subset, string Name)> StrangersIn(Node spec, IReadOnlyList<RolloutSides> owners)
    {
        if (owners.Any(o => o.Stable is null || o.Canary is null))
            yield break;
        foreach (var item in spec["subsets"u8].Items)
        {
            if (item["name"u8].Text is { } name && !owners.Any(o => name == o.Stable || name == o.Canary || o.IsExperiment(name)))
                yield return (item, name);
        }
    }

    private static string? Named(string? text) => text is { Length: > 0 } ? text : null;

    private static (string Host, string Subset) Read(Node item)
    {
        var destination = item["destination"u8];
        return (MeshHost.Split(destination["host"u8].Text ?? "").First, destination["subset"u8].Text ?? "");
    }
}
