using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>Whom a request goes to before and after a change, where no route takes it too.</summary>
internal static class RequestSides
{
    /// <summary>Null where nobody served it, or where it is not known who did.</summary>
    public static IEnumerable<UserShift.Target>? Before(Inspection x, ChangedTable table, TableRule? rule) =>
        TargetsOf(x.Before!, table, table.Before, rule);

    /// <summary>Null where nobody serves it, or where it is not known who does.</summary>
    public static IEnumerable<UserShift.Target>? After(Inspection x, ChangedTable table, TableRule? rule) =>
        TargetsOf(x.World, table, table.After, rule);

    /// <summary>
    /// The age of a service without a route as seen from a version of it, or the other way round: its pods are of all versions, so nobody can tell;
    /// and it is nobody's matter where no version is on trial, or where another one than that on trial gets the users.
    /// </summary>
    public static Age AgeOfPlain(Inspection x, DestinationAges ages, UserShift shift, (Destination First, Destination Second) of)
    {
        if (of.First.Host == of.Second.Host)
        {
            var isTried = of.Second.Subset is null ? shift.Moves.Any(m => IsOnTrial(x, m.Destination)) : IsOnTrial(x, of.Second);
            return isTried ? Age.Unknown : Age.Newer;
        }
        var age = ages.Of(of.First, of.Second);
        return age == Age.Unknown && !IsOnTrial(x, of.Second) ? Age.Newer : age;
    }

    /// <summary>
    /// Whether a move is to be said of the object under review: of one change of many objects, of the one that takes the request now, if it changed;
    /// else of the one that had it.
    /// </summary>
    public static bool IsMatterOf(Inspection x, RequestMove change)
    {
        if (x.Prior is null || IsOf(change.Now, x.Key))
            return true;
        if (HasChanged(x, change.Now))
            return false;
        return IsOf(change.Was, x.Key) || !HasChanged(x, change.Was);
    }

    /// <summary>Where a change of who takes requests is shown: the field that says for whom they are, if it changed; else the routes.</summary>
    public static Place PlaceOf(Inspection x)
    {
        foreach (var field in x.Old is null ? [] : (string[])["exportTo", "hosts", "gateways", "parentRefs", "hostnames"])
        {
            if (!x.Spec[field].SameAs(x.Old!.Spec[field]))
                return Place.Of(x.Spec, field);
        }
        foreach (var list in (string[])["http", "rules", "backends"])
        {
            if (x.Spec[list].Exists)
                return x.Spec[list];
        }
        return x.Spec;
    }

    /// <summary>Whether it is sure that the service of a host answered before, and answers now, where no route does.</summary>
    public static bool IsServiceKnown(Inspection x, ChangedTable table) =>
        HostRegistry.Look(x.Before!, table.Host, out _) == Presence.Here && HostRegistry.Look(x.World, table.Host, out _) == Presence.Here;

    private static bool IsOf(TableRule? rule, ObjectKey key) => rule is not null && (rule.Of.Key == key || rule.Owner.Key == key);

    private static bool HasChanged(Inspection x, TableRule? rule) => rule is not null && (HasChanged(x, rule.Of) || HasChanged(x, rule.Owner));

    private static bool HasChanged(Inspection x, Objects.KubeObject of) => !x.Prior!.Find(of.Key)["spec"u8].SameAs(x.World.Find(of.Key)["spec"u8]);

    private static bool IsOnTrial(Inspection x, Destination destination) =>
        VersionOrder.IsOnTrial(destination.Subset ?? MeshHost.Split(destination.Host).First, x.Settings);

    private static IEnumerable<UserShift.Target>? TargetsOf(View world, ChangedTable table, RequestTable from, TableRule? rule)
    {
        if (rule is not null)
            return rule.Effect.Forwards && rule.Route.Shares.IsKnown ? rule.Route.TargetsOf(rule.Of) : null;
        if (!from.IsEmpty || table.Caller.Gateway is not null || HostRegistry.Look(world, table.Host, out _) == Presence.Absent)
            return null;
        return [new UserShift.Target(new Destination(table.Host, null, null), default, 100)];
    }
}
