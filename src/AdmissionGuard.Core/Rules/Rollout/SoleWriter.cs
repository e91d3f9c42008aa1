using System.Globalization;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>What a Rollout writes, nobody else writes, and nothing else stands in it. See docs/facts/argo-rollouts.md#foreign-destinations.</summary>
internal static class SoleWriter
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-sole-writer",
        Summary =
            "The routes, subsets and Services that a Rollout writes must be its alone: with its own two sides in them, and weights that only "
            + "it raises.",
        Why =
            "Argo deletes every destination with a weight that is neither of its sides from a route that it writes, and every other subset "
            + "from its DestinationRule: whoever used them gets 503. "
            + "Two Rollouts on one route, DestinationRule or Service overwrite each other at every change. A weight raised by hand moves users "
            + "past every pause and analysis until Argo sets it back "
            + "(argo-rollouts rollout/trafficrouting/istio/istio.go, processRoutes and UpdateHash; issue 3125).",
        Remedy =
            "Keep other subsets in a DestinationRule of their own and list them in additionalSubsetNames; give each Rollout its own route, "
            + "DestinationRule and Services; "
            + "move users by kubectl argo rollouts promote, abort or undo.",
        Kinds = [ObjectKind.Rollout, ObjectKind.VirtualService, ObjectKind.DestinationRule],
        Reads = [ObjectKind.Rollout, ObjectKind.VirtualService, ObjectKind.DestinationRule],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    /// <summary>More users of one object say nothing new.</summary>
    private const int MostRollouts = 20;

    /// <summary>A Rollout writes one or two VirtualServices; each more costs a walk through all routes.</summary>
    private const int MostTargets = 50;

    /// <summary>Half of what the last digit shown is worth.</summary>
    private const double Tolerance = 0.05;

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.VirtualService)
            OfVirtualService(x);
        else if (x.Subject.Kind == ObjectKind.DestinationRule)
            OfDestinationRule(x);
        else
            OfRollout(x);
    }

    private static void OfVirtualService(Inspection x)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        RouteTable? table = null;
        IReadOnlyDictionary<VirtualServiceRoute, VirtualServiceRoute>? moves = null;
        foreach (var (key, rollout) in x.World.ReferrersOf(x.Key, ObjectKind.Rollout).Take(MostRollouts))
        {
            var (routing, sides, title) = (
                new IstioRouting(rollout, key.Namespace),
                new RolloutSides(rollout, key.Namespace),
                key.TitleIn(x.Key.Namespace)
            );
            var managed = routing.ManagedRoutes;
            foreach (var (_, names, at) in routing.Targets.Where(t => t.Key == x.Key).Take(MostTargets))
            {
                foreach (var route in (table ??= new RouteTable(x.Subject.Routes)).WrittenBy(at, names, managed).Routes)
                {
                    foreach (var stranger in StrangersIn(route, sides))
                    {
                        var destination = Destination.OfIstio(stranger, x.Subject);
                        if (!told.Add($"{route.Key} {destination}"))
                            continue;
                        x.Report(
                            new Finding(
                                stranger,
                                $"{route.Key} {destination}",
                                $"{destination.Title(x.Subject)} has a weight in {route.Title}, which {title} writes: Argo deletes a "
                                    + $"destination that is neither its stable nor its canary side"
                            )
                            {
                                Found = destination.Title(x.Subject),
                                Limit = "the two sides of the Rollout",
                            }
                        );
                    }
                    if (
                        x.Old is { } old
                        && (moves ??= RoutePairs.Before(old.Routes, x.Subject.Routes)).TryGetValue(route, out var before)
                        && told.Add($"{route.Key} canary")
                    )
                        Moved(x, before, route, sides, title);
                }
            }
        }
    }

    /// <summary>
    /// A write that leaves the weights, or takes users back as a sync from Git in mid-canary does (docs/facts/argo-rollouts.md#weights-in-git), is
    /// never refused.
    /// </summary>
    private static void Moved(Inspection x, VirtualServiceRoute before, VirtualServiceRoute now, RolloutSides sides, string rollout)
    {
        if (!before.Shares.IsKnown || !now.Shares.IsKnown)
            return;
        var (from, to) = (Trial(before), Trial(now));
        if (!to.Item.Exists || Math.Abs(to.Share - from.Share) <= Tolerance)
            return;
        var forward = to.Share > from.Share;
        var what =
            $"the canary side of {now.Title} goes from {Shown.Percent(from.Share)} to {Shown.Percent(to.Share)} of users, a weight that "
            + $"{rollout} writes: ";
        x.Report(
            new Finding(
                Place.Of(to.Item, "weight"),
                $"{now.Key} canary",
                what
                    + (
                        forward
                            ? "they pass every pause and analysis until Argo sets it back"
                            : "Argo sets it again at once, only an abort takes users back"
                    )
            )
            {
                Found = Shown.Percent(to.Share),
                Limit = Shown.Percent(from.Share),
                Excess = to.Share - from.Share,
                Remedy = forward
                    ? string.Create(CultureInfo.InvariantCulture, $"weight: {from.Weight ?? 0}   # and kubectl argo rollouts promote")
                    : null,
                AtMost = forward ? GuardAction.Deny : GuardAction.Warn,
                AtMostBecause = Because.Direction,
            }
        );

        (double Share, long? Weight, Node Item) Trial(VirtualServiceRoute route)
        {
            (double Share, long? Weight, Node Item) found = default;
            foreach (var share in route.Shares.Destinations)
            {
                if (sides.Of(share.Destination) == Side.Canary)
                    found = (found.Share + share.Percent, share.Weight, share.Destination);
            }
            return found;
        }
    }

    private static void OfDestinationRule(Inspection x)
    {
        var owners = x
            .World.ReferrersOf(x.Key, ObjectKind.Rollout)
            .Take(MostRollouts)
            .Select(r => (r.Key, Sides: new RolloutSides(r.Root, r.Key.Namespace)))
            .ToList();
        if (owners.Count == 0)
            return;
        foreach (var (subset, name) in StrangersIn(x.Spec, [.. owners.Select(o => o.Sides)]))
        {
            x.Report(
                new Finding(
                    subset,
                    $"subset {name}",
                    $"subset {Quote(name)} is neither side of {owners[0].Key.TitleIn(x.Key.Namespace)}, which writes this DestinationRule: "
                        + $"Argo deletes it, and requests for it get 503"
                )
                {
                    Found = Quote(name),
                    Limit = "the two subsets of the Rollout",
                }
            );
        }
    }

    private static void OfRollout(Inspection x)
    {
        var (routing, sides) = (new IstioRouting(x.Subject.Root, x.Key.Namespace), new RolloutSides(x.Subject.Root, x.Key.Namespace));
        var (managed, tables) = (routing.ManagedRoutes, new Dictionary<ObjectKey, RouteTable>());
        foreach (var (key, names, at) in routing.Targets.Take(MostTargets))
        {
            if (!tables.TryGetValue(key, out var table))
                tables[key] = table = RouteTable.Of(x.World.Find(key));
            var routes = table.WrittenBy(at, names, managed).Routes;
            foreach (var route in routes)
            {
                var strangers = StrangersIn(route, sides).Select(s => NameOf(s["destination"u8])).ToList();
                if (strangers.Count == 0)
                    continue;
                var message =
                    $"{route.Title} of {key.TitleIn(x.Key.Namespace)} also sends users to {Listed(strangers)}: Argo deletes a destination "
                    + $"that is neither stable nor canary side";
                x.Report(new Finding(at["name"u8], $"{key.Namespace}/{key.Name} {route.Key}", message) { Excess = strangers.Count });
            }
            if (OthersOf(x, key, other => WritesOneOf(other, key, names, routes)) is { } others)
                Shared(
                    at["name"u8],
                    key,
                    routes.Count == 1 ? $"{routes[0].Title} of {key.TitleIn(x.Key.Namespace)}" : $"routes of {key.TitleIn(x.Key.Namespace)}",
                    others
                );
        }
        var references = new RolloutReferences(x.Subject.Root, x.Key.Namespace);
        var told = new HashSet<ObjectKey>();
        foreach (var reference in references.Traffic.Where(r => r.Need == RolloutNeed.DestinationRule).Concat(references.Services))
        {
            if (told.Add(reference.Key) && OthersOf(x, reference.Key, _ => true) is { } others)
                Shared(reference.At, reference.Key, reference.Key.TitleIn(x.Key.Namespace), others);
        }
        if (routing.DestinationRule is not { } rule)
            return;
        var strange = StrangersIn(x.World.Find(rule)["spec"u8], [sides]).Select(s => s.Name).ToList();
        if (strange.Count == 0 || OthersOf(x, rule, _ => true) is not null)
            return;
        var named = x.Spec["strategy"u8]["canary"u8]["trafficRouting"u8]["istio"u8]["destinationRule"u8]["name"u8];
        x.Report(
            new Finding(
                named,
                $"subsets of {rule.Name}",
                $"{rule.TitleIn(x.Key.Namespace)} also has {(strange.Count == 1 ? "subset" : "subsets")} {Listed(strange)}: Argo deletes what "
                    + $"is neither stable nor canary side, and requests for it get 503"
            )
            {
                Excess = strange.Count,
            }
        );

        void Shared(Node at, ObjectKey what, string title, string others) =>
            x.Report(
                new Finding(
                    at,
                    $"{what.Kind} {what.Namespace}/{what.Name} shared",
                    $"{others} writes {title} too: the two overwrite each other at every change"
                )
            );
    }

    /// <summary>Which other Rollout writes it too; null where none does.</summary>
    private static string? OthersOf(Inspection x, ObjectKey key, Func<IstioRouting, bool> writes)
    {
        foreach (var (other, root) in x.World.ReferrersOf(key, ObjectKind.Rollout).Take(MostRollouts))
        {
            if (other != x.Key && writes(new IstioRouting(root, other.Namespace)))
                return other.TitleIn(x.Key.Namespace);
        }
        return null;
    }

    private static bool WritesOneOf(IstioRouting other, ObjectKey key, IReadOnlyList<string> names, IReadOnlyList<VirtualServiceRoute> routes)
    {
        foreach (var (_, theirs, _) in other.Targets.Where(t => t.Key == key).Take(MostTargets))
        {
            if (theirs.Count == 0 && names.Count == 0)
                return true;
            var listed = new HashSet<string>(theirs, StringComparer.Ordinal);
            if (names.Any(listed.Contains) || (names.Count == 0 && routes.Any(r => r.Name is { } name && listed.Contains(name))))
                return true;
        }
        return false;
    }

    /// <summary>
    /// Destinations with a weight that Argo would delete; none where the Rollout's sides are not known, or are not in the route: then it writes
    /// nothing.
    /// </summary>
    private static IEnumerable<Node> StrangersIn(VirtualServiceRoute route, RolloutSides sides) =>
        sides.Stable is null || sides.Canary is null || !route.Shares.IsKnown || sides.LackingIn(route).Any()
            ? []
            : route.Shares.Destinations.Where(s => s.Weight > 0 && sides.Of(s.Destination) == Side.Other).Select(s => s.Destination);

    private static IEnumerable<(Node Subset, string Name)> StrangersIn(Node spec, IReadOnlyList<RolloutSides> owners)
    {
        if (owners.Any(o => o.Stable is null || o.Canary is null))
            yield break;
        foreach (var item in spec["subsets"u8].Items)
        {
            var subset = item;
            if (subset["name"u8].Text is { } name && !owners.Any(o => name == o.Stable || name == o.Canary || o.IsExperiment(name)))
                yield return (subset, name);
        }
    }

    private static string NameOf(Node destination) =>
        destination["subset"u8].Text is { Length: > 0 } subset ? $"{subset} of {destination["host"u8].Text}" : destination["host"u8].Text ?? "";

    private static string Listed(List<string> names) =>
        string.Join(", ", names.Take(3).Select(Quote)) + (names.Count > 3 ? $" and {names.Count - 3} more" : "");

    private static string Quote(string text) => Shown.Quote(Shown.Clip(text, 80));
}
