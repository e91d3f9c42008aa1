using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// What a Rollout is told of the objects that it names. What an update names for the first time is advice: the other object may follow it,
/// and were both to wait for each other, no route and no subset could ever be renamed.
/// </summary>
internal sealed class RolloutNames(Inspection x)
{
    private const string Hash = "rollouts-pod-template-hash";

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
        foreach (var (key, names, at) in routing.Targets.Take(RolloutTies.MostTargets))
        {
            if (IsThere(key, at["name"u8], RolloutTies.Invalid) is not { } service)
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
            if (told.Add(reference.Key) && IsThere(reference.Key, reference.At, RolloutTies.Invalid, atMost: GuardAction.Warn) is { } service)
                Selector(reference, service);
        }
        foreach (var reference in references.Analyses)
        {
            if (told.Add(reference.Key))
                IsThere(reference.Key, reference.At, RolloutTies.Invalid, atMost: GuardAction.Warn);
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
                $"{title} has {fault.What}: {RolloutTies.Invalid}",
                isNew: isNew
            );
        }
        if (RoutingFault.OtherHost(written, sides, RolloutTies.HostOf(x, routing) ?? "", key.Namespace, x.Settings.ClusterDomain) is not { } other)
            return;
        var rule = routing.DestinationRule!.Value;
        var named = root["spec"u8]["strategy"u8]["canary"u8]["trafficRouting"u8]["istio"u8]["destinationRule"u8]["name"u8];
        Report(
            named,
            $"{rule.Name} host {key.Namespace}/{key.Name}",
            $"{rule.TitleIn(x.Key.Namespace)} is for host {RolloutTies.HostOf(x, routing)}, {title} sends the subsets to "
                + $"{RolloutTies.Quote(other)}: {RolloutTies.Untied}",
            isNew: IsNew(key) || IsNew(rule)
        );
    }

    private void Subsets(ObjectKey key)
    {
        var named = root["spec"u8]["strategy"u8]["canary"u8]["trafficRouting"u8]["istio"u8]["destinationRule"u8];
        if (IsThere(key, named["name"u8], "no rollout goes on, and only an event says so") is not { } rule)
            return;
        foreach (var subset in RolloutTies.MissingSubsets(rule["spec"u8], sides))
        {
            var at = named[subset == sides.Canary ? "canarySubsetName" : "stableSubsetName"];
            Report(
                at,
                $"{key.Name} subset {subset}",
                $"{key.TitleIn(x.Key.Namespace)} has no subset {RolloutTies.Quote(subset)}: Argo does not check it, and requests for it get 503",
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
            var wanted = entry.Value;
            if (entry.Name == Hash || wanted.Text is not { } value || labels[entry.Name].Text == value)
                continue;
            var message =
                $"{reference.Key.TitleIn(x.Key.Namespace)} selects {Shown.Clip(entry.Name, 63)}: {Shown.Clip(value, 63)}, the Rollout's "
                + $"pods do not have this label: {RolloutTies.Invalid}";
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
