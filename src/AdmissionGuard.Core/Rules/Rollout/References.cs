using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>What a Rollout names is there, fits, and is not taken away. See docs/facts/argo-rollouts.md#references.</summary>
internal static class References
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-references",
        Summary =
            "What a Rollout names must be there and fit: the routes and subsets that it splits traffic by, its Services, its analysis templates.",
        Why =
            "Argo has no admission webhook: a Rollout whose VirtualService, route or template is missing is stored, its status says "
            + "InvalidSpec, and nothing is shipped or aborted until somebody looks there. "
            + "Of the DestinationRule it checks nothing beforehand and stands still with an event (argo-rollouts "
            + "pkg/apis/rollouts/validation/validation_references.go; rollout/trafficrouting/istio/istio.go, UpdateHash). "
            + "What is taken away under a running canary leaves its users at whatever weight they have.",
        Remedy = "Create what is named, or name what is there. Take a route, a subset or a template away only after no Rollout names it any more.",
        Kinds =
        [
            ObjectKind.Rollout,
            ObjectKind.VirtualService,
            ObjectKind.DestinationRule,
            ObjectKind.AnalysisTemplate,
            ObjectKind.ClusterAnalysisTemplate,
        ],
        Reads =
        [
            ObjectKind.Rollout,
            ObjectKind.VirtualService,
            ObjectKind.DestinationRule,
            ObjectKind.AnalysisTemplate,
            ObjectKind.ClusterAnalysisTemplate,
            ObjectKind.Service,
        ],
        OnDelete = true,
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    /// <summary>More users of one object say nothing new.</summary>
    private const int MostRollouts = 20;

    /// <summary>A Rollout writes one or two VirtualServices; each more costs a walk through all routes.</summary>
    private const int MostTargets = 50;

    private const string Hash = "rollouts-pod-template-hash";

    private const string Invalid = "Argo calls the Rollout invalid, and neither ships nor aborts";

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.Rollout)
        {
            if (!x.IsDeletion)
                new OfRollout(x).Check();
        }
        else if (x.Subject.Kind == ObjectKind.VirtualService)
            OfVirtualService(x);
        else if (x.Subject.Kind == ObjectKind.DestinationRule)
            OfDestinationRule(x);
        else if (x.IsDeletion)
            OfTemplate(x);
    }

    private static void OfVirtualService(Inspection x)
    {
        RouteTable? table = null;
        foreach (var (key, rollout) in x.World.ReferrersOf(x.Key, ObjectKind.Rollout).Take(MostRollouts))
        {
            var title = key.TitleIn(x.Key.Namespace);
            if (x.IsDeletion)
            {
                x.Report(
                    new Finding(x.Spec, title, $"{title} writes its weights: without it {Invalid}, and every user goes to whatever pods the host has")
                );
                continue;
            }
            var (routing, sides) = (new IstioRouting(rollout, key.Namespace), new RolloutSides(rollout, key.Namespace));
            var (host, managed) = (HostOf(x, routing), routing.ManagedRoutes);
            foreach (var (_, names, at) in routing.Targets.Where(t => t.Key == x.Key).Take(MostTargets))
            {
                var written = (table ??= new RouteTable(x.Subject.Routes)).WrittenBy(at, names, managed);
                var likely = written.Missing.Count == 1 ? table.LikelyOne(sides, names) : null;
                foreach (var fault in RoutingFault.Of(written, sides))
                {
                    var (place, remedy) = fault.Route is { } route ? (Place.Of(route.Node, "route"), null) : Named(x, fault, likely);
                    x.Report(
                        new Finding(place, $"{title} {fault.Key}", $"it has {fault.What}, and {title} needs one: {Invalid}")
                        {
                            RestsOnAbsence = true,
                            Remedy = remedy,
                        }
                    );
                }
                if (RoutingFault.OtherHost(written, sides, host ?? "", x.Key.Namespace, x.Settings.ClusterDomain) is { } other)
                {
                    x.Report(
                        new Finding(
                            Place.Of(x.Spec, "http"),
                            $"{title} host",
                            $"it sends a subset of {title} to host {Quote(other)}, the Rollout's DestinationRule is for {host}: {Untied}"
                        )
                        {
                            RestsOnAbsence = true,
                        }
                    );
                }
            }
        }
    }

    /// <summary>A route that the Rollout misses by name is most likely there under another one, or under none.</summary>
    private static (Place, string?) Named(Inspection x, RoutingFault fault, VirtualServiceRoute? likely)
    {
        if (!fault.IsMissingRoute || likely is null)
            return (Place.Of(x.Spec, "http"), null);
        return (Place.Of(likely.Node, "name"), $"name: {Shown.Quote(Shown.Clip(fault.Name!, 60))}");
    }

    private static void OfDestinationRule(Inspection x)
    {
        var tables = new Dictionary<ObjectKey, RouteTable>();
        foreach (var (key, rollout) in x.World.ReferrersOf(x.Key, ObjectKind.Rollout).Take(MostRollouts))
        {
            var (title, sides) = (key.TitleIn(x.Key.Namespace), new RolloutSides(rollout, key.Namespace));
            if (x.IsDeletion)
            {
                x.Report(
                    new Finding(x.Spec, title, $"{title} splits its users by these subsets: without them requests get 503, and no rollout goes on")
                );
                continue;
            }
            foreach (var subset in MissingSubsets(x.Spec, sides))
            {
                x.Report(
                    new Finding(
                        Place.Of(x.Spec, "subsets"),
                        $"{title} subset {subset}",
                        $"it has no subset {Quote(subset)}, and {title} splits its users by it: requests for it get 503"
                    )
                    {
                        RestsOnAbsence = true,
                        Remedy = $"- name: {Quote(subset)}\n  labels: {{}}   # those of the Rollout's pods; Argo adds the version's",
                    }
                );
            }
            var routing = new IstioRouting(rollout, key.Namespace);
            var (host, managed) = (HostOf(x, routing) ?? "", routing.ManagedRoutes);
            foreach (var (target, names, at) in routing.Targets.Take(MostTargets))
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
                            + $"subsets to {Quote(other)}: {Untied}"
                    )
                    {
                        RestsOnAbsence = true,
                        Remedy = $"host: {Shown.Clip(MeshHost.Qualify(other, target.Namespace, x.Settings.ClusterDomain), 200)}",
                    }
                );
            }
        }
    }

    private static void OfTemplate(Inspection x)
    {
        var users = x.World.ReferrersOf(x.Key, ObjectKind.Rollout).Take(4).Select(r => r.Key.TitleIn(x.Key.Namespace)).ToList();
        if (users.Count == 0)
            return;
        var who = users.Count > 3 ? $"{string.Join(", ", users.Take(3))} and others" : string.Join(", ", users);
        x.Report(new Finding(x.Spec, "in use", $"{who} {(users.Count == 1 ? "names" : "name")} it: without it {Invalid}"));
    }

    private const string Untied = "Argo sets the weights of subsets whose pods it does not choose";

    /// <summary>Of the Rollout's DestinationRule, qualified; null where it names none or none is known.</summary>
    private static string? HostOf(Inspection x, IstioRouting routing) =>
        routing.DestinationRule is { } key && x.World.Find(key)["spec"u8]["host"u8].Text is { Length: > 0 } host
            ? MeshHost.Qualify(host, key.Namespace, x.Settings.ClusterDomain)
            : null;

    private static IEnumerable<string> MissingSubsets(Node spec, RolloutSides sides)
    {
        if (!sides.BySubset)
            yield break;
        var names = spec["subsets"u8].Items.Select(s => s["name"u8].Text).ToHashSet(StringComparer.Ordinal);
        if (sides.Stable is { } stable && !names.Contains(stable))
            yield return stable;
        if (sides.Canary is { } canary && !names.Contains(canary))
            yield return canary;
    }

    private static string Quote(string text) => Shown.Quote(Shown.Clip(text, 100));

    /// <summary>
    /// What the Rollout itself is told. What an update names for the first time is advice: the other object may follow it, and were both to wait for
    /// each other
    /// no route and no subset could ever be renamed.
    /// </summary>
    private sealed class OfRollout(Inspection x)
    {
        private readonly Node root = x.Subject.Root;
        private readonly RolloutSides sides = new(x.Subject.Root, x.Key.Namespace);
        private readonly IstioRouting routing = new(x.Subject.Root, x.Key.Namespace);
        private readonly RolloutReferences references = new(x.Subject.Root, x.Key.Namespace);
        private readonly HashSet<(ObjectKey, string?)>? before = x.Old is null ? null : [.. NamedBy(x.Old)];
        private readonly bool sidesAreNew =
            x.Old is not null && SidesOf(new RolloutSides(x.Old.Root, x.Key.Namespace)) != SidesOf(new RolloutSides(x.Subject.Root, x.Key.Namespace));

        public void Check()
        {
            var tables = new Dictionary<ObjectKey, RouteTable>();
            var managed = routing.ManagedRoutes;
            foreach (var (key, names, at) in routing.Targets.Take(MostTargets))
            {
                if (IsThere(key, at["name"u8], Invalid) is not { } service)
                    continue;
                if (!tables.TryGetValue(key, out var table))
                    tables[key] = table = RouteTable.Of(service);
                Routes(key, at, table.WrittenBy(at, names, managed));
            }
            if (routing.DestinationRule is { } rule)
                Subsets(rule);
            var told = new HashSet<ObjectKey>();
            foreach (var reference in references.Services)
            {
                if (told.Add(reference.Key) && IsThere(reference.Key, reference.At, Invalid, atMost: GuardAction.Warn) is { } service)
                    Selector(reference, service);
            }
            foreach (var reference in references.Analyses)
            {
                if (told.Add(reference.Key))
                    IsThere(reference.Key, reference.At, Invalid, atMost: GuardAction.Warn);
            }
        }

        private Node? IsThere(ObjectKey key, Node at, string effect, GuardAction atMost = GuardAction.Deny)
        {
            var presence = x.World.Look(key, out var found);
            if (presence == Presence.Here)
                return found;
            if (presence == Presence.Unknown)
                return null;
            var where = x.World.IsWhole ? "does not exist" : "is not among these manifests";
            Report(
                at,
                $"{key.Kind} {key.Namespace}/{key.Name}",
                $"{key.TitleIn(x.Key.Namespace)} {where}: {effect}",
                atMost,
                isNew: !x.World.IsWhole || IsNew(key)
            );
            return null;
        }

        private void Routes(ObjectKey key, Node at, WrittenRoutes written)
        {
            var title = key.TitleIn(x.Key.Namespace);
            foreach (var fault in RoutingFault.Of(written, sides))
            {
                var isNew =
                    IsNew(key)
                    || (fault.IsMissingRoute ? IsNew(key, fault.Name) : fault.Route is not null && (sidesAreNew || IsNew(key, fault.Route.Name)));
                Report(
                    fault.Route is null ? Place.Of(at, "routes") : at["name"u8],
                    $"{key.Namespace}/{key.Name} {fault.Key}",
                    $"{title} has {fault.What}: {Invalid}",
                    isNew: isNew
                );
            }
            if (RoutingFault.OtherHost(written, sides, HostOf(x, routing) ?? "", key.Namespace, x.Settings.ClusterDomain) is not { } other)
                return;
            var rule = routing.DestinationRule!.Value;
            var named = root["spec"u8]["strategy"u8]["canary"u8]["trafficRouting"u8]["istio"u8]["destinationRule"u8]["name"u8];
            Report(
                named,
                $"{rule.Name} host {key.Namespace}/{key.Name}",
                $"{rule.TitleIn(x.Key.Namespace)} is for host {HostOf(x, routing)}, {title} sends the subsets to {Quote(other)}: {Untied}",
                isNew: IsNew(key) || IsNew(rule)
            );
        }

        private void Subsets(ObjectKey key)
        {
            var named = root["spec"u8]["strategy"u8]["canary"u8]["trafficRouting"u8]["istio"u8]["destinationRule"u8];
            if (IsThere(key, named["name"u8], "no rollout goes on, and only an event says so") is not { } rule)
                return;
            foreach (var subset in MissingSubsets(rule["spec"u8], sides))
            {
                var at = named[subset == sides.Canary ? "canarySubsetName" : "stableSubsetName"];
                Report(
                    at,
                    $"{key.Name} subset {subset}",
                    $"{key.TitleIn(x.Key.Namespace)} has no subset {Quote(subset)}: Argo does not check it, and requests for it get 503",
                    isNew: sidesAreNew || IsNew(key)
                );
            }
        }

        /// <summary>Argo compares all labels of the selector but its own with those of the pods.</summary>
        private void Selector(RolloutReference reference, Node service)
        {
            var labels = root["spec"u8]["template"u8]["metadata"u8]["labels"u8];
            if (!labels.IsObject)
                return;
            foreach (var entry in service["spec"u8]["selector"u8].Entries)
            {
                var wanted = new Node(entry.Value);
                if (entry.NameEquals(Hash) || wanted.Text is not { } value || labels[entry.Name].Text == value)
                    continue;
                var message =
                    $"{reference.Key.TitleIn(x.Key.Namespace)} selects {Shown.Clip(entry.Name, 63)}: {Shown.Clip(value, 63)}, the Rollout's "
                    + $"pods do not have this label: {Invalid}";
                Report(reference.At, $"{reference.Key.Name} selector {entry.Name}", message, GuardAction.Warn);
            }
        }

        private void Report(Place at, string key, string message, GuardAction atMost = GuardAction.Deny, bool isNew = false) =>
            x.Report(new Finding(at, key, message) { RestsOnAbsence = true, AtMost = isNew ? GuardAction.Warn : atMost });

        private bool IsNew(ObjectKey key, string? route = null) => before?.Contains((key, route)) == false;

        private static IEnumerable<(ObjectKey, string?)> NamedBy(Subject old)
        {
            foreach (var reference in new RolloutReferences(old.Root, old.Namespace).All)
                yield return (reference.Key, null);
            foreach (var (key, names, _) in new IstioRouting(old.Root, old.Namespace).Targets)
            {
                foreach (var name in names)
                    yield return (key, name);
            }
        }

        private static (string?, string?) SidesOf(RolloutSides sides) => (sides.Stable, sides.Canary);
    }
}
