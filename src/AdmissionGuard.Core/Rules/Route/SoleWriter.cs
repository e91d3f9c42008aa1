using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Route;

/// <summary>What a Rollout writes, nobody else writes, and nothing else stands in it. See docs/facts/argo-rollouts.md#foreign-destinations.</summary>
internal static class SoleWriter
{
    public static readonly Rule Rule = new()
    {
        Id = "route-sole-writer",
        FormerIds = ["rollout-sole-writer"],
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
        OfMade = false,
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        IsAboutWhatWorks = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.VirtualService)
            WrittenWeights.Report(x);
        else if (x.Subject.Kind == ObjectKind.DestinationRule)
            OfDestinationRule(x);
        else
            OfRollout(x);
    }

    private static void OfDestinationRule(Inspection x)
    {
        var owners = x
            .World.ReferrersOf(x.Key, ObjectKind.Rollout)
            .Take(OtherWriters.MostRollouts)
            .Select(r => (r.Key, Sides: new RolloutSides(r.Root, r.Key.Namespace)))
            .ToList();
        if (owners.Count == 0)
            return;
        foreach (var (subset, name) in RolloutSides.StrangersIn(x.Spec, [.. owners.Select(o => o.Sides)]))
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
        var routing = new IstioRouting(x.Subject.Root, x.Key.Namespace);
        var sides = new RolloutSides(x.Subject.Root, x.Key.Namespace);
        var managed = routing.ManagedRoutes;
        var tables = new Dictionary<ObjectKey, RouteTable>();
        foreach (var (key, names, at) in routing.Targets.Take(OtherWriters.MostTargets))
        {
            if (!tables.TryGetValue(key, out var table))
                tables[key] = table = RouteTable.Of(x.World.Find(key));
            var routes = table.WrittenBy(at, names, managed).Routes;
            foreach (var route in routes)
            {
                var strangers = sides.StrangersIn(route).Select(s => NameOf(s["destination"u8])).ToList();
                if (strangers.Count == 0)
                    continue;
                var message =
                    $"{route.Title} of {key.TitleIn(x.Key.Namespace)} also sends users to {Listed(strangers)}: Argo deletes a destination "
                    + $"that is neither stable nor canary side";
                x.Report(new Finding(at["name"u8], $"{key.Namespace}/{key.Name} {route.Key}", message) { Excess = strangers.Count });
            }
            if (OtherWriters.OfRoutes(x, key, names, routes) is { } others)
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
            if (told.Add(reference.Key) && OtherWriters.Of(x, reference.Key) is { } others)
                Shared(reference.At, reference.Key, reference.Key.TitleIn(x.Key.Namespace), others);
        }
        if (routing.DestinationRule is not { } rule)
            return;
        var strange = RolloutSides.StrangersIn(x.World.Find(rule)["spec"u8], [sides]).Select(s => s.Name).ToList();
        if (strange.Count == 0 || OtherWriters.Of(x, rule) is not null)
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

    private static string NameOf(Node destination) =>
        destination["subset"u8].Text is { Length: > 0 } subset ? $"{subset} of {destination["host"u8].Text}" : destination["host"u8].Text ?? "";

    private static string Listed(List<string> names) =>
        string.Join(", ", names.Take(3).Select(Quote)) + (names.Count > 3 ? $" and {names.Count - 3} more" : "");

    private static string Quote(string text) => Shown.Quote(Shown.Clip(text, 80));
}
